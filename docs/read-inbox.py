#!/usr/bin/env python3
"""Lists every record of a Clearkeep inbox, with nothing but Python and docs/disk-layout.md.

    python3 docs/read-inbox.py DATA/inbox [FOLDER]

One JSON object a line. With FOLDER, each instance is written there as a DICOM file named by its SOP Instance UID and
version. Everything is verified; ends with 1 when something does not verify. It stops at damage instead of passing it by.
"""
import hashlib, json, pathlib, struct, sys

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def crc32c(data, before=0):
    crc = before ^ 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def header_of(data):
    """The segment's header and its length, or None."""
    if data[:8] != b'CKJOURNL' or len(data) < 20:
        return None
    version, length = struct.unpack_from('<II', data, 8)
    end = 16 + length
    if version != 1 or data[end : end + 4] != struct.pack('<I', crc32c(data[:end])):
        return None
    return json.loads(data[16:end]), end + 4


def group_at(data, at, mark):
    """The group's records as (kind, header, payload), its number and digests, and its end; or None."""
    start, records, digest = at, [], hashlib.sha256()  # of erased events only the leaf is left, and the digest is another
    while data[at : at + 1] not in (b'', b'\xff'):
        if len(data) < at + 20:
            return None
        kind, zeros, header_length, payload_length, crc = struct.unpack_from('<B3sIQI', data, at)
        header_at = at + 20
        payload_at = header_at + header_length
        end = payload_at + payload_length
        if zeros != bytes(3) or end > len(data):
            return None
        try:
            header = json.loads(data[header_at:payload_at])
        except ValueError:
            return None
        covered = data[payload_at : payload_at + min(header.get('dsStart', 0), payload_length)]
        seed = crc32c(mark + struct.pack('<Q', at))
        if crc32c(data[at : at + 16] + data[header_at:payload_at] + covered, seed) != crc:
            return None
        digest.update(data[at:payload_at] + covered)
        records.append((kind, header, data[payload_at:end]))
        at = end
    frame = data[at : at + 108]
    if len(frame) < 108 or frame[104:] != struct.pack('<I', crc32c(frame[:104])):
        return None
    frame_mark, count, number, offset = struct.unpack_from('<16sIQQ', frame, 4)
    digest.update(frame[40:72])
    erased = any(kind == 4 for kind, _, _ in records)
    if (frame_mark, count, offset) != (mark, len(records), start) or (frame[72:104] != digest.digest() and not erased):
        return None
    return records, number, frame[40:72].hex(), frame[72:104].hex(), at + 108


def payload_of(inbox, header, payload):
    """The instance's bytes, or None when they do not have their digests."""
    if 'spool' in header:
        path = inbox / header['spool']
        payload = path.read_bytes() if path.exists() else b''
        if 'prefix' in header and sha256(payload[: header['dsStart']]) != header['prefix']:
            return None
    whole = len(payload) == header['length'] and sha256(payload[header['dsStart'] :]) == header['ds']
    return payload if whole else None


def main(inbox, into):
    segments = {int(path.stem): path for path in inbox.glob('*.journal')}
    chain, number, end = [], None, None
    for candidate in sorted(segments, reverse=True):
        if header_of(segments[candidate].read_bytes()):
            number = candidate
            break
    while number is not None:
        data = segments[number].read_bytes()
        header, start = header_of(data)
        chain.append((data[:end], start, bytes.fromhex(header['mark']), end is not None))
        previous = header['previous']
        number, end = (previous['segment'], previous['end']) if previous else (None, None)

    group, digest = 0, '00' * 32
    for data, at, mark, closed in reversed(chain):
        while at < len(data):
            found = group_at(data, at, mark)
            if found is None:
                if not closed:
                    break  # torn: never acknowledged
                sys.exit(f'group {group + 1} does not verify at byte {at}')
            records, number, before, after, at = found
            payloads = [payload_of(inbox, header, payload) if kind == 1 else b'' for kind, header, payload in records]
            if None in payloads:
                if not closed and at >= len(data):
                    break
                sys.exit(f'a payload of group {number} does not verify')
            if (number, before) != (group + 1, digest):
                sys.exit(f'group {number} does not follow group {group}')
            group, digest = number, after
            for (kind, header, _), payload in zip(records, payloads):
                print(json.dumps({'group': group, 'kind': {1: 'instance', 2: 'event', 3: 'fact', 4: 'erased'}[kind], **header}))
                if into and kind == 1:
                    (into / f"{header['instance']}-{header['version']}.dcm").write_bytes(payload)


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None)
