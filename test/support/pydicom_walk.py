"""Reads files with pydicom and prints, a line of JSON each, what our reader's test compares with its own reading.

Usage: python3 pydicom_walk.py < list of files, one a line
"""
import json
import sys
import warnings

import pydicom
from pydicom import config

warnings.simplefilter('ignore')


def walk(data_set):
    """How many elements there are, at all levels."""
    count = 0
    for tag in data_set.keys():
        count += 1
        try:
            element = data_set[tag]
        except Exception:  # a value pydicom cannot convert; it is there all the same
            continue
        if element.VR == 'SQ':
            for item in element.value or []:
                count += walk(item)
    return count


def text(value):
    return value.decode('ascii') if isinstance(value, bytes) else str(value)


for line in sys.stdin:
    path = line.strip()
    try:
        config.replace_un_with_known_vr = False  # as stated, like our reader
        try:
            data_set = pydicom.dcmread(path, force=True)
        except TypeError:  # pydicom needs to know (0008,0005)
            config.replace_un_with_known_vr = True
            data_set = pydicom.dcmread(path, force=True)
        print(json.dumps({
            'tags': ['%08X' % int(tag) for tag in sorted(data_set.keys())],
            'elements': walk(data_set),
            'name': text(data_set.get('PatientName', '')),
        }))
    except Exception as failure:
        print(json.dumps({'failure': type(failure).__name__}))
