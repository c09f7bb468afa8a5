/** What the pack says to whoever opens it: VERIFY.md, and the page around the verifier. */

export const VERIFY_TEXT = `# How to check this

You need nothing of the archive this came from, and no network.

## In a browser

Open \`verify.html\`, choose the ZIP file (or the folder it was unpacked into), and read each line. Passed, failed or not
checked: there is no single answer, because each line proves another thing.

## With Node.js 20 or newer

    node verify.mjs                     in the unpacked folder
    node verify.mjs PACK.zip --key KEY --checkpoint FILE

It answers 0 when nothing failed, 1 when something did.

## What you should have got another way

A pack can be made anew by whoever holds the archive's signing key. What they cannot make anew is what lies elsewhere:

- **the log's verifier key** (on paper, from the contract, from a witness): give it with --key. The key in the pack proves
  nothing about who signed.
- **a checkpoint you kept**: give it with --checkpoint. If the log was rewritten since, this shows it. For a checkpoint of
  another size than the pack's, ask for a pack with \`?kept=SIZE\`, which then has the proof.
- **keys of witnesses** that cosigned: with --key too.
- **this verifier**: a pack that was changed may hold a changed verifier. Use one you got before.

## What lies here

| path | what |
| --- | --- |
| \`data/report.html\` | all of it in plain words, to print |
| \`data/objects/…\` | every object as it was received, bit for bit, other versions too |
| \`data/objects.json\` | where each came from, and where its data set begins |
| \`data/entries/N/\` | act N: the leaf that is in the log, the body it commits to, the salts, and its proof |
| \`data/acts.csv\` | the acts as sentences |
| \`data/retention.json\` | until when each study must be kept, by which rule, with its source |
| \`data/log/YEAR/\` | the signed checkpoint, its key, time stamps (RFC 3161) |
| \`manifest-sha256.txt\` | the digest of each file (BagIt, RFC 8493) |

## By hand

- leaf hash = SHA-256(00, leaf.json); node = SHA-256(01, left, right) (RFC 6962, 2.1). leaf.tlog-proof holds the path to the
  root in the checkpoint, whose signature is Ed25519 over its three lines.
- body: SHA-256("b1", 00, salt, body.json) is \`b\` of the leaf; study and patient: SHA-256("c1", 00, salt, id) are \`s\`, \`p\`.
- object: SHA-256 of the file from byte \`dsStart\` on is \`ds\` in the body of the act of its arrival (\`obj.ingest\`).
- time stamp: \`openssl ts -verify -data SIZE.txt -in SIZE.tsr -CAfile AUTHORITY.pem\`

## What is not shown

The bytes before the data set (preamble, file meta information) are covered by the manifest only. Whether these are all the
acts there were: for that hold the whole log against a checkpoint.
`

const STYLE = `
:root { color-scheme: light dark; --line: #8888; --dim: light-dark(#555, #aaa); --good: light-dark(#0a6b2d, #59d78b);
  --bad: light-dark(#b3131b, #ff8a80); --skip: light-dark(#7a5200, #f0c060); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: .25rem; } p { margin: .5rem 0; } .dim { color: var(--dim); }
fieldset { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0; padding: 1rem; display: grid; gap: .75rem; }
label { display: grid; gap: .25rem; font-weight: 600; } label span { font-weight: 400; color: var(--dim); }
input, textarea { font: inherit; max-width: 100%; box-sizing: border-box; } textarea { width: 100%; font-family: ui-monospace, monospace; font-size: .85rem; }
#status { font-size: 1.1rem; font-weight: 600; padding: .75rem 1rem; border-left: 4px solid var(--line); }
#status[data-state=failed] { border-color: var(--bad); } #status[data-state=passed] { border-color: var(--good); }
table { width: 100%; border-collapse: collapse; } th, td { text-align: left; vertical-align: top; padding: .5rem; border-top: 1px solid var(--line); }
tbody th { font-weight: 600; } td { overflow-wrap: anywhere; } ul { margin: .25rem 0 0; padding-left: 1.25rem; }
tr[data-outcome=pass] td:nth-child(2) { color: var(--good); } tr[data-outcome=FAIL] td:nth-child(2) { color: var(--bad); font-weight: 700; }
tr[data-outcome=skip] td:nth-child(2) { color: var(--skip); }
@media print { fieldset { display: none; } }
`

/** @param verifier  the text of verify.mjs */
export const verifyPage = (verifier: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>Check an evidence pack</title>
<style>${STYLE}</style>
<main>
<h1>Check an evidence pack</h1>
<p>Also a report, and the folder of a year’s audit log. Nothing leaves this page: it has no network, and none is needed.</p>
<fieldset>
<legend>What you got another way (both may stay empty; what then cannot be checked is said)</legend>
<label>Keys <span>Verifier keys of the log and of witnesses, one a line.</span>
<textarea id="keys" rows="2" spellcheck="false" autocomplete="off"></textarea></label>
<label>Checkpoints you kept <input id="checkpoints" type="file" multiple></label>
</fieldset>
<fieldset>
<legend>What is to be checked</legend>
<label>The ZIP file, or a report (.ndjson) <input id="zip" type="file" accept=".zip,application/zip,.ndjson"></label>
<label>… or a folder: an unpacked pack, or a year of the log <input id="folder" type="file" webkitdirectory></label>
</fieldset>
<p id="status" role="status">Choose a file or a folder.</p>
<section id="report" hidden aria-label="Checks">
<table>
<thead><tr><th scope="col">Check</th><th scope="col">Outcome</th><th scope="col">What was found</th></tr></thead>
<tbody id="results"></tbody>
</table>
</section>
</main>
<script type="module">
${verifier.replaceAll('</script', '<\\/script')}
</script>
</html>
`
