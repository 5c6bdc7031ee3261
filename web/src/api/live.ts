/**
 * Server-sent events with a bearer token, which the browser's own `EventSource` cannot send. The connection is made
 * anew by itself; it is dropped while the page is in the back/forward cache, and opened again when it comes back.
 */
import { EventSource } from 'eventsource'
import type { Api } from './client'

/** After an answer that is no stream (503 while the service starts), which the standard calls final. */
const AGAIN_MILLISECONDS = 3_000

/** `refused`: the service will not send these events, so nothing is tried again. */
export type LiveState = 'connected' | 'connecting' | 'refused'

export interface LiveHandlers {
  /** By the event's name; `data` is its JSON. */
  readonly on: Readonly<Record<string, (data: unknown) => void>>
  /** Whether events arrive now. */
  readonly became?: (state: LiveState) => void
}

/** Follow the stream at `path` until the function that is given back is called. */
export function follow(api: Api, path: string, handlers: LiveHandlers): () => void {
  let source: EventSource | null = null
  let again: ReturnType<typeof setTimeout> | undefined

  const close = (): void => {
    clearTimeout(again)
    source?.close()
    source = null
  }
  const open = (): void => {
    close()
    const opened = new EventSource(new URL(path, location.origin), {
      fetch: (url, init) => api.fetch(url, init),
    })
    source = opened
    opened.onopen = () => handlers.became?.('connected')
    opened.onerror = ({ code }) => {
      const refused = code !== undefined && code >= 400 && code < 500 && code !== 429
      handlers.became?.(refused ? 'refused' : 'connecting')
      if (opened.readyState === EventSource.CLOSED && !refused) again = setTimeout(open, AGAIN_MILLISECONDS)
    }
    for (const [name, handle] of Object.entries(handlers.on)) {
      opened.addEventListener(name, (event) => {
        handle(JSON.parse(event.data as string))
      })
    }
  }
  const onHide = (): void => {
    close()
  }
  const onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) open()
  }

  addEventListener('pagehide', onHide)
  addEventListener('pageshow', onShow)
  open()
  return () => {
    removeEventListener('pagehide', onHide)
    removeEventListener('pageshow', onShow)
    close()
  }
}
