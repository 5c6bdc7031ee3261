/** The comings and goings of the page. */

/** What a page does, as far as it matters here. */
export interface PageWatcher {
  /** The page is hidden, or is going (`close`): this may be its last event. */
  leave(moment: 'hide' | 'close'): void
  /** It is seen again, perhaps after a while in the back-forward cache. */
  back(): void
  /** The browser says whether there is a network. */
  network(online: boolean): void
}

/**
 * Watch the page; returns how to stop.
 *
 * Both `pagehide` and `visibilitychange`, since Safari may leave out the second, and phones send nothing but it. Never
 * `unload`: it is not reliable, and keeps the page out of the back-forward cache.
 */
export function watchPage(watcher: PageWatcher): () => void {
  const stop = new AbortController()
  const options = { signal: stop.signal }
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'hidden') watcher.leave('hide')
      else watcher.back()
    },
    options,
  )
  addEventListener(
    'pagehide',
    () => {
      watcher.leave('close')
    },
    options,
  )
  addEventListener(
    'pageshow',
    ({ persisted }) => {
      if (persisted) watcher.back()
    },
    options,
  )
  addEventListener(
    'online',
    () => {
      watcher.network(true)
    },
    options,
  )
  addEventListener(
    'offline',
    () => {
      watcher.network(false)
    },
    options,
  )
  return () => {
    stop.abort()
  }
}
