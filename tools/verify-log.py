#!/usr/bin/env python3
"""Checks a Clearkeep log, a proof, or two checkpoints against each other, with nothing of Clearkeep.

    python3 verify-log.py log    FOLDER KEY [CHECKPOINT...]   a log folder; older checkpoints that it must extend
    python3 verify-log.py proof  LEAF PROOF KEY               a leaf file and its .tlog-proof

KEY is the log's verifier key, name+id+base64, or the path of a file that holds it. One line for each step; ends with 1
when a step fails. Python 3 and its standard library; written from RFC 6962 (tree), RFC 8032 (Ed25519) and the C2SP
texts signed-note, tlog-checkpoint, tlog-tiles and tlog-proof, and from no other program.
"""
import base64, hashlib, json, os, sys


# --- RFC 8032, Ed25519: verification --------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def point(y, sign):
    """5.1.3, in affine coordinates; None when there is no such point."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


def add(a, b):
    """The sum of two points, each (X, Y, Z) with x = X/Z, y = Y/Z: the curve's own addition law."""
    (x1, y1, z1), (x2, y2, z2) = a, b
    z, x, y = z1 * z2 % P, x1 * x2 % P, y1 * y2 % P
    t = D * x * y % P
    zz = z * z % P
    cross = (x1 * y2 + y1 * x2) % P
    return z * cross * (zz - t) % P, z * (y + x) * (zz + t) % P, (zz - t) * (zz + t) % P


def times(n, a):
    total = (0, 1, 1)
    while n:
        if n & 1:
            total = add(total, a)
        a = add(a, a)
        n >>= 1
    return total


BASE = point(4 * pow(5, -1, P) % P, 0)


def ed25519(key, message, signature):
    """5.1.7: S B = R + k A, compared as encodings."""
    if len(key) != 32 or len(signature) != 64:
        return False
    encoded, s = int.from_bytes(key, 'little'), int.from_bytes(signature[32:], 'little')
    a = point(encoded & (2**255 - 1), encoded >> 255)
    if a is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), 'little') % L
    x, y, z = add(times(s, (*BASE, 1)), times(k, (-a[0] % P, a[1], 1)))
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, 'little') == signature[:32]


# --- RFC 6962, section 2.1 ------------------------------------------------------------------------------------


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(entry):
    return sha256(b'\x00' + entry)


def node_hash(left, right):
    return sha256(b'\x01' + left + right)


def largest_power_below(n):
    return 1 << (n - 1).bit_length() - 1


def root(hashes):
    """MTH over leaf hashes, level by level: an odd one out rises as it is, which is the RFC's division."""
    if not hashes:
        return sha256(b'')
    while len(hashes) > 1:
        pairs = [node_hash(*hashes[at : at + 2]) for at in range(0, len(hashes) - 1, 2)]
        hashes = pairs + hashes[len(pairs) * 2 :]
    return hashes[0]


def root_by_path(index, size, leaf, path):
    """The root a path of section 2.1.1 leads to; the path is taken from its end, as its definition is."""
    if size == 1:
        if path:
            raise ValueError('the path is too long')
        return leaf
    if not path:
        raise ValueError('the path is too short')
    k = largest_power_below(size)
    if index < k:
        return node_hash(root_by_path(index, k, leaf, path[:-1]), path[-1])
    return node_hash(path[-1], root_by_path(index - k, size - k, leaf, path[:-1]))


# --- the C2SP texts --------------------------------------------------------------------------------------------------


class Key:
    def __init__(self, text):
        if os.path.exists(text):
            text = open(text, encoding='utf-8').read()
        self.name, given, encoded = text.strip().split('+', 2)
        material = base64.b64decode(encoded, validate=True)
        self.type, self.key = material[0], material[1:]
        self.id = sha256(self.name.encode() + b'\n' + material)[:4]
        if self.id.hex() != given:
            raise ValueError('the key’s id is not its own')


class Checkpoint:
    def __init__(self, text):
        body, _, signatures = text.rpartition('\n\n')
        self.body = body + '\n'
        self.origin, size, hash_, *_ = self.body.split('\n')
        self.size, self.root = int(size), base64.b64decode(hash_, validate=True)
        self.signatures = [line[2:].split(' ') for line in signatures.splitlines() if line.startswith('— ')]

    def signed_by(self, key):
        for name, encoded in self.signatures:
            signature = base64.b64decode(encoded, validate=True)
            if name != key.name or signature[:4] != key.id:
                continue
            if key.type == 1:
                return ed25519(key.key, self.body.encode(), signature[4:])
            if key.type == 4:  # a witness: tlog-cosignature
                seen = int.from_bytes(signature[4:12], 'big')
                message = f'cosignature/v1\ntime {seen}\n{self.body}'
                return ed25519(key.key, message.encode(), signature[12:])
        return False


def tile_path(level, index, width):
    """tile/<L>/<N>[.p/<W>], N in groups of three digits."""
    groups = f'{index:03d}' if index < 1000 else None
    if groups is None:
        digits = str(index).zfill((len(str(index)) + 2) // 3 * 3)
        parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        groups = '/'.join(['x' + part for part in parts[:-1]] + [parts[-1]])
    return f'tile/{level}/{groups}' + ('' if width == 256 else f'.p/{width}')


def entries_of(data):
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], 'big')
        if end > len(data):
            raise ValueError('a bundle ends early')
        yield data[at + 2 : end]
        at = end


# --- the checks ---------------------------------------------------------------------------------------------------------------

failures = 0


def step(what, passed, fact=''):
    global failures
    failures += not passed
    print(('pass ' if passed else 'FAIL ') + what + (f': {fact}' if fact else ''))
    return passed


def read(folder, path):
    with open(os.path.join(folder, path), 'rb') as file:
        return file.read()


def check_log(folder, key, older):
    checkpoint = Checkpoint(read(folder, 'checkpoint').decode())
    size = checkpoint.size
    step('origin', checkpoint.origin == key.name, checkpoint.origin)
    step('signature', checkpoint.signed_by(key), f'{size} leaves')

    entries = []
    for index in range((size + 255) // 256):
        entries += entries_of(read(folder, tile_path('entries', index, min(256, size - index * 256))))
    step('entries', len(entries) == size, f'{len(entries)} of {size}')
    leaves = [leaf_hash(entry) for entry in entries]
    step('root', root(leaves) == checkpoint.root, 'the entries give the root that is signed')

    wrong, level, hashes = [], 0, leaves
    while hashes:
        for index in range((len(hashes) + 255) // 256):
            part = hashes[index * 256 : index * 256 + 256]
            path = tile_path(level, index, len(part))
            try:
                if read(folder, path) != b''.join(part):
                    wrong.append(path)
            except FileNotFoundError:
                wrong.append(path + ' (missing)')
        hashes = [root(hashes[at : at + 256]) for at in range(0, len(hashes) - 255, 256)]
        level += 1
    step('tiles', not wrong, ', '.join(wrong[:5]) or 'every tile is what the entries give')

    numbers = [json.loads(entry) for entry in entries]
    first = numbers[0]['n'] if numbers else 0
    gap = next((at for at, leaf in enumerate(numbers) if leaf['n'] != first + at), None)
    step('numbers', gap is None, f'from {first}, gapless' if gap is None else f'leaf {gap} says it is {numbers[gap]["n"]}')
    back = next((at for at in range(1, len(numbers)) if numbers[at]['ts'] < numbers[at - 1]['ts']), None)
    step('times', back is None, 'never back' if back is None else f'leaf {back} is dated before the leaf before it')

    for path in older:
        with open(path, encoding='utf-8') as file:
            before = Checkpoint(file.read())
        known = before.signed_by(key) and before.origin == checkpoint.origin
        extends = before.size <= size and root(leaves[: before.size]) == before.root
        step(f'extends {path}', known and extends, f'{before.size} leaves' if known else 'it is not signed by this log')


def check_proof(leaf_path, proof_path, key):
    with open(proof_path, encoding='utf-8') as file:
        head, _, note = file.read().partition('\n\n')
    lines = head.split('\n')
    step('form', lines[0] == 'c2sp.org/tlog-proof@v1')
    lines = [line for line in lines[1:] if not line.startswith('extra ')]
    index, path = int(lines[0].removeprefix('index ')), [base64.b64decode(line, validate=True) for line in lines[1:]]
    checkpoint = Checkpoint(note)
    step('origin', checkpoint.origin == key.name, checkpoint.origin)
    step('signature', checkpoint.signed_by(key), f'{checkpoint.size} leaves')
    with open(leaf_path, 'rb') as file:
        leaf = leaf_hash(file.read())
    included = index < checkpoint.size and root_by_path(index, checkpoint.size, leaf, path) == checkpoint.root
    step('inclusion', included, f'leaf {index}')


if __name__ == '__main__':
    words = sys.argv[1:]
    try:
        if words[:1] == ['log'] and len(words) >= 3:
            check_log(words[1], Key(words[2]), words[3:])
        elif words[:1] == ['proof'] and len(words) == 4:
            check_proof(words[1], words[2], Key(words[3]))
        else:
            sys.exit(__doc__)
    except (OSError, ValueError, KeyError) as error:
        step('readable', False, str(error))
    sys.exit(1 if failures else 0)
