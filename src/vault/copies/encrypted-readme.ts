/** What lies beside an encrypted copy, for whoever finds it. */
export const ENCRYPTED_README = `This is an encrypted copy of the image vault of a Clearkeep archive.

vault/       an OCFL 1.1 storage root (https://ocfl.io/1.1/spec/): one object a study. Its files are encrypted, all
             but those at its root; what they are once decrypted is said in vault/README.txt.
keys/        for each study one key.json, at the path of its object: the study's key, wrapped.
set-aside/   files that were not what they should be, encrypted as they were.

To read it you need the wrapping key, which is not here: the archive has it in keys/vault-wrapping.json of its data
folder, and whoever ran it may have exported it under a passphrase ("clearkeep keys export").

With Clearkeep: put the wrapping key into keys/ of a data folder ("clearkeep keys import"), name this place in
vault.mirrors, and run "clearkeep fixity --recreate-vault".

Without it, in any language that has AES-256-GCM, HKDF (RFC 5869) and SHA-256. All numbers are big endian.
1. Study key: of keys/PATH/key.json take "wrapping" (which wrapping key), "nonce" and "key", both base64. AES-256-GCM
   under the wrapping key with that nonce; the last 16 bytes of "key" are the tag; the additional authenticated data
   is PATH with a slash at its end. The result is 32 bytes.
2. A file vault/PATH/NAME: its first 32 bytes are the head: "CKSEALED", then 1 and 65536 as 32-bit numbers, then 16
   random bytes. Its key: HKDF-SHA256 of the study key, the 16 random bytes as salt, "clearkeep object" as info, 32
   bytes long.
3. Behind the head come pieces of 65536 bytes and a tag of 16, the last one shorter, perhaps empty. Piece number n,
   from 0: AES-256-GCM with the nonce n as 64-bit number followed by a 32-bit number that is 1 for the last piece and
   0 for others; the additional authenticated data is the head followed by PATH/NAME.
`
