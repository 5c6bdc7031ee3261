/** What of a document is in view: its pages, by IntersectionObserver, and how far it is scrolled. */

import type { View } from './reading'

/** The callbacks. */
export interface DocumentListener {
  /** The page was in view for long enough. */
  seen(page: number): void
  /** The first of the pages in view is another. */
  turned(page: number): void
  scrolled(view: View): void
  /** There are so many pages; 0 where there are none. */
  counted(pages: number): void
}

/** A page counts as in view when half of it is, or when it fills half of the view: large pages are never half in view. */
const IN_VIEW = 0.5
/** How finely a page taller than the view is followed. */
const STEPS = [0, 0.1, 0.2, 0.3, 0.4, 0.5]

/** Observes one document. */
export class DocumentObserver {
  readonly #root: HTMLElement | Document
  readonly #selector: string
  readonly #seenAfterMs: number
  readonly #listener: DocumentListener
  readonly #views: IntersectionObserver
  readonly #growth: MutationObserver
  readonly #pages = new Map<Element, number>()
  readonly #dwelling = new Map<Element, ReturnType<typeof setTimeout>>()
  readonly #inView = new Set<Element>()
  #opening: ReturnType<typeof setTimeout> | undefined
  readonly #stop = new AbortController()

  /** `seenAfterMs` is how long a page is to be in view before it counts. */
  constructor(
    root: HTMLElement | Document,
    selector: string,
    seenAfterMs: number,
    listener: DocumentListener,
  ) {
    this.#root = root
    this.#selector = selector
    this.#seenAfterMs = seenAfterMs
    this.#listener = listener
    const view = this.#document.defaultView ?? window // an iframe's own: only that knows its viewport
    const Views = (view as typeof globalThis).IntersectionObserver
    this.#views = new Views(
      (entries) => {
        this.#intersect(entries)
      },
      { threshold: STEPS },
    )
    this.#growth = new MutationObserver(() => {
      this.#scan()
    })
    this.#growth.observe(root, { childList: true, subtree: true }) // viewers add pages as they go
    const options = { capture: true, passive: true, signal: this.#stop.signal }
    root.addEventListener(
      'scroll',
      () => {
        this.#scroll()
      },
      options,
    )
    if (root !== this.#document)
      this.#document.addEventListener(
        'scroll',
        () => {
          this.#scroll()
        },
        options,
      )
    this.#scan()
    this.#open()
  }

  /** Look again: pages in view while the tab was hidden were not seen. */
  refresh(): void {
    this.#open()
    for (const page of this.#pages.keys()) {
      this.#views.unobserve(page)
      this.#views.observe(page)
    }
  }

  /** Pages in view are not being seen any more: the tab is hidden. */
  pause(): void {
    clearTimeout(this.#opening)
    for (const timer of this.#dwelling.values()) clearTimeout(timer)
    this.#dwelling.clear()
  }

  stop(): void {
    this.pause()
    this.#views.disconnect()
    this.#growth.disconnect()
    this.#stop.abort()
  }

  get #document(): Document {
    return this.#root.ownerDocument ?? this.#root
  }

  #scan(): void {
    const found = [...this.#root.querySelectorAll<HTMLElement>(this.#selector)]
    found.forEach((page, index) => {
      if (!this.#pages.has(page)) this.#views.observe(page)
      this.#pages.set(page, numberOf(page) ?? index + 1)
    })
    this.#listener.counted(Math.max(0, ...found.map((page) => this.#pages.get(page) ?? 0)))
  }

  #intersect(entries: readonly IntersectionObserverEntry[]): void {
    for (const entry of entries) {
      clearTimeout(this.#dwelling.get(entry.target))
      this.#dwelling.delete(entry.target)
      this.#inView.delete(entry.target)
      if (!isInView(entry)) continue
      this.#inView.add(entry.target)
      this.#dwell(entry.target)
    }
    const numbers = [...this.#inView].map((page) => this.#pages.get(page) ?? Infinity)
    if (numbers.length) this.#listener.turned(Math.min(...numbers))
  }

  /** Where it opens, once it had the time to be laid out: one that fits the view is read without any scrolling. */
  #open(): void {
    clearTimeout(this.#opening)
    this.#opening = setTimeout(() => {
      this.#scroll()
    }, this.#seenAfterMs)
  }

  #dwell(page: Element): void {
    const seen = (): void => {
      this.#dwelling.delete(page)
      const number = this.#pages.get(page)
      if (number !== undefined) this.#listener.seen(number)
    }
    this.#dwelling.set(page, setTimeout(seen, this.#seenAfterMs))
  }

  #scroll(): void {
    this.#listener.scrolled(viewOf(this.#scroller))
  }

  /** The element that scrolls: the root itself, or its whole document. */
  get #scroller(): Element {
    const root = this.#root
    if ('scrollTop' in root && root.scrollHeight > root.clientHeight + 1) return root
    return this.#document.scrollingElement ?? this.#document.documentElement
  }
}

function isInView({
  isIntersecting,
  intersectionRatio,
  intersectionRect,
  rootBounds,
}: IntersectionObserverEntry): boolean {
  if (!isIntersecting) return false
  return intersectionRatio >= IN_VIEW || intersectionRect.height >= (rootBounds?.height ?? Infinity) * IN_VIEW
}

function numberOf(page: HTMLElement): number | null {
  const stated = Number(page.dataset['page'] ?? page.dataset['pageNumber'])
  return Number.isInteger(stated) && stated >= 1 ? stated : null
}

function viewOf({ scrollTop, scrollHeight, clientHeight }: Element): View {
  if (scrollHeight <= 0) return { position: 0, bottom: 0 }
  const way = scrollHeight - clientHeight
  return {
    position: way > 0 ? within(scrollTop / way) : 1, // nothing is left to scroll to
    bottom: within((scrollTop + clientHeight + 1) / scrollHeight), // layout rounds: half a pixel short of the end
  }
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share))
}
