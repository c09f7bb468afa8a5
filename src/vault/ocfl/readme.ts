/** `README.txt` of the storage root: for whoever finds it in forty years, without us and without our program. */
export const README = `WHAT THIS IS

Medical images: DICOM files, every one received by an image archive called Clearkeep. The folder is an OCFL 1.1
storage root (Oxford Common File Layout, https://ocfl.io/1.1/spec/). You need no program of ours to read it: a ZIP
reader, a JSON reader and any DICOM viewer do.

THE SHORT WAY

With Node.js 20 or newer (https://nodejs.org), and nothing else:

    node read-vault.mjs .                         lists the studies
    node read-vault.mjs . STUDY-UID FOLDER        writes a study's files, byte for byte as they were received

It is one file of plain JavaScript and carries the decoder it needs. What follows says the same in words.

HOW TO FIND A STUDY

Each imaging study is one folder. Its name is worked out from the Study Instance UID:

    SHA-256 of the text  urn:oid:STUDY-UID   gives 64 hexadecimal letters;
    folder = first two letters / next two / next two / all 64

    printf urn:oid:1.2.3 | sha256sum

To list all studies, read the line "id" of every file called inventory.json that lies beside a file called
0=ocfl_object_1.1.

WHAT IS IN A STUDY

    0=ocfl_object_1.1        marks the folder
    inventory.json           what belongs to the study, with SHA-512 digests
    inventory.json.sha512    the digest of inventory.json
    v1/content/...           what was added first; v2/content/... later, and so on

The inventory's member "head" names the newest version, for example v2. The members of "versions" / v2 / "state" are
digests and the names they have; "manifest" says under which path each digest lies.

    v1-s0001-CT.zip    one series (or several small ones): an ordinary ZIP, not compressed, of DICOM files
    study.json         what each file is, where it lies, when and from where it was received

The newest study.json counts.

LOOKING AT THE IMAGES

Unpack a ZIP. Each 000123.dcm is a DICOM Part 10 file. Pixels are mostly compressed without loss, as High-Throughput
JPEG 2000 (ISO/IEC 15444-15), DICOM transfer syntax 1.2.840.10008.1.2.4.202.

THE FILE EXACTLY AS IT WAS RECEIVED

Where study.json says "form": "received", the .dcm file is that, byte for byte. Where it says "form": "htj2k", beside
000123.dcm lies 000123.json, its recipe. The received file is, one after another:

    head      "head"."deflate", from base64, inflated (RFC 1951, raw). The preset dictionary is the part of
              000123.dcm that "dictionary" names (from byte, up to byte).
    pixels    each frame of 000123.dcm decoded; samples little endian, as wide as Bits Allocated (0028,0100) says.
              "order": "plane" - all of the first colour, then the second, then the third; "pixel" - together.
              "swap": 2 - every two bytes change places.
    tail      as head

Its SHA-256 must be the one in the recipe and in study.json. In Python, head is

    zlib.decompressobj(-15, zdict=open("000123.dcm","rb").read()[a:b]).decompress(base64.b64decode(text))

ARE THEY WHOLE?

    sha512sum inventory.json     must give the line in inventory.json.sha512
    sha512sum v1/content/...     must give the digest the manifest has for that path

No image here is ever changed. A study grows by a folder v2, v3 ... and a new inventory.json.
`
