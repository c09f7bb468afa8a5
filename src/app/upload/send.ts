/**
 * Sends one file by STOW-RS and tells how far it is.
 *
 * The body is a Blob of head, file and tail, so the browser streams the file from disk whatever its size. XMLHttpRequest,
 * because `fetch` cannot tell the progress of what it sends.
 */
import { csrfHeaders } from '../http/client.ts'
import { readStowAnswer, type StowAnswer } from './stow-answer.ts'

const STOW = '/dicom-web/studies'

/** Failures of the way there and back reject; refusals by the archive are answers. */
export function sendFile(file: File, onProgress: (sent: number) => void, signal: AbortSignal): Promise<StowAnswer> {
  const boundary = `clearkeep-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`
  const body = new Blob([`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`, file, `\r\n--${boundary}--\r\n`])
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    signal.addEventListener('abort', abort, { once: true })
    const done = () => signal.removeEventListener('abort', abort)
    request.open('POST', STOW)
    request.setRequestHeader('accept', 'application/dicom+json')
    request.setRequestHeader('content-type', `multipart/related; type="application/dicom"; boundary=${boundary}`)
    for (const [name, text] of Object.entries(csrfHeaders())) request.setRequestHeader(name, text)
    request.upload.onprogress = (event) => onProgress(Math.min(event.loaded, file.size))
    request.onload = () => {
      done()
      if (request.status === 401) reject(new Error('Your session ended; log in and send again.'))
      else if ([429, 502, 503, 504].includes(request.status)) reject(new Error('The archive is busy; send again.'))
      else resolve(readStowAnswer(request.status, json(request.responseText)))
    }
    request.onerror = () => {
      done()
      reject(new Error('The connection broke; send again.'))
    }
    request.onabort = () => {
      done()
      reject(new Error('Stopped.'))
    }
    if (signal.aborted) request.onabort(new ProgressEvent('abort'))
    else request.send(body)
  })
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
