/** What a time capsule says to whoever opens it: its page, and a text for who has no browser. */

/**
 * Scripts and styles of its own folder, and nothing else: no network, whatever a file in it may say. `file:` is what a
 * browser calls the folder; `'self'` is there for who puts a capsule onto a server.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' file:",
  "style-src 'self' file: 'unsafe-inline'",
  "img-src 'self' file: data: blob:",
  "frame-src 'self' file:",
  "object-src 'self' file:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

export const capsulePage = (): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="robots" content="noindex">
<title>Time capsule</title>
<link rel="stylesheet" href="capsule/capsule.css">
<main id="capsule"><p role="status">Opening the time capsule. If this stays, unpack the whole ZIP file first, then open index.html.</p></main>
<noscript>This page needs its scripts, which lie beside it. Without them: the originals are in data/objects, README.txt tells the rest.</noscript>
<script src="capsule/capsule.js"></script>
<script src="capsule/book.js"></script>
</html>
`

export const CAPSULE_README = `TIME CAPSULE
============

Everything an archive had of one patient on the day this was made. Unpack the whole ZIP
file, then open index.html in a browser. It needs no network and no program.

Not for diagnosis: read the originals with a medical viewer for that.

index.html          the timeline, the images, the reports
capsule/            what that page shows, made from the originals
data/objects/       every object as it was received, bit for bit (DICOM Part 10 files):
                    any DICOM program reads these
data/objects.json   where each came from, and its SHA-256
data/entries/       the acts of their arrival, each with its proof; who looked at them
                    since is not in here
data/log/           what the archive's log had signed
manifest-sha256.txt tagmanifest-sha256.txt
                    the SHA-256 of every file (BagIt, RFC 8493):
                    sha256sum -c manifest-sha256.txt
verify.html         checks all of it in a browser; VERIFY.md says what that means

Images in capsule/ hold the pixel values without loss, but they are a copy for looking at:
what counts are the originals. In capsule/**/*.js the values of a grey image are base64 of
a raw deflate stream (RFC 1951) of differences: each sample less the one to its left, the
first of a row less the one above it, modulo 256 or 65536; low bytes of all samples first,
then high bytes; rows from top to bottom. Value = sample x slope + intercept.

It names the patient. Keep it as you would keep a letter about your health.
`
