import type { Api } from './client'
import { failureOf, failureOfThrown } from './failure'

/** How far a download is; `total` is null where the service streams and cannot know. In bytes. */
export interface DownloadProgress {
  readonly received: number
  readonly total: number | null
}

/** A file that has come. */
export interface Downloaded {
  readonly name: string
  readonly blob: Blob
}

/**
 * The file at `path`, with the bearer token that a link could not send. Raises `Failure`, and `AbortError` when
 * `signal` ends it; a stream that breaks off raises too, so half a file is never taken for a whole one.
 */
export async function download(
  api: Api,
  path: string,
  onProgress: (progress: DownloadProgress) => void,
  signal?: AbortSignal,
): Promise<Downloaded> {
  try {
    const answer = await api.fetch(new URL(path, location.origin), signal ? { signal } : {})
    if (!answer.ok) {
      const retryAfter = answer.headers.get('Retry-After')
      throw failureOf(answer.status, await answer.json().catch(() => null), retryAfter)
    }
    const length = Number(answer.headers.get('Content-Length'))
    const total = length > 0 ? length : null
    const parts: Uint8Array<ArrayBuffer>[] = []
    let received = 0
    for await (const part of answer.body ?? []) {
      parts.push(part)
      received += part.byteLength
      onProgress({ received, total })
    }
    const type = answer.headers.get('Content-Type') ?? 'application/octet-stream'
    return { name: nameIn(answer.headers.get('Content-Disposition')), blob: new Blob(parts, { type }) }
  } catch (reason) {
    throw failureOfThrown(reason)
  }
}

/** Hand a file over to the browser's own downloads. */
export function save({ name, blob }: Downloaded): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // the browser has taken hold of the blob by the next task
  setTimeout(() => {
    URL.revokeObjectURL(link.href)
  })
}

function nameIn(disposition: string | null): string {
  return /filename="?([^";]+)"?/u.exec(disposition ?? '')?.[1] ?? 'playhead'
}
