/** What follows a move to another page: the focus goes to its heading, and a page that one comes back to is where it was. */
import type { Travel, Way } from './router'
import { keepTop, placeKept } from './ui/place'

/** How long a page may take to show its heading, and to grow to where it was left. */
const PATIENCE_MILLISECONDS = 10_000
/** A scroll that has paused for so long is kept; browsers bound how often an entry may be written. */
const PAUSE_MILLISECONDS = 100
/** The reader scrolls, and so is where they want to be. */
const SCROLLS = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const

export class Arrival implements Travel {
  #frame = 0
  #pause: ReturnType<typeof setTimeout> | undefined
  /** Whether the page is where it belongs, so that its scrolling is the reader's. */
  #placed = false

  /** `main` gives the element that holds the pages. */
  constructor(private readonly main: () => HTMLElement) {}

  connect(): void {
    history.scrollRestoration = 'manual' // the browser's own comes before the page has its rows
    addEventListener('scroll', this.#onScroll, { passive: true })
    for (const name of SCROLLS) addEventListener(name, this.#onOwnScroll, { passive: true })
  }

  disconnect(): void {
    this.#stop()
    removeEventListener('scroll', this.#onScroll)
    for (const name of SCROLLS) removeEventListener(name, this.#onOwnScroll)
  }

  leave(way: Way): void {
    if (way === 'forward' && this.#placed) keepTop(scrollY)
    this.#stop()
  }

  arrive(way: Way): void {
    this.#stop()
    const main = this.main()
    const { top } = placeKept()
    const until = performance.now() + PATIENCE_MILLISECONDS
    let headed = way === 'load' // where the browser itself puts the focus
    if (!headed) main.focus({ preventScroll: true })
    const look = (): void => {
      headed ||= focusHeading(main)
      if (!this.#placed) this.#place(main, top)
      if (performance.now() > until) this.#placed = headed = true
      if (!headed || !this.#placed) this.#frame = requestAnimationFrame(look)
    }
    look()
  }

  #place(main: HTMLElement, top: number): void {
    scrollTo({ top, behavior: 'instant' })
    this.#placed = Math.abs(scrollY - top) < 1 && within(main, 'ui-skeleton') === null
  }

  #stop(): void {
    this.#placed = false
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#pause)
  }

  readonly #onScroll = (): void => {
    clearTimeout(this.#pause)
    if (!this.#placed) return
    this.#pause = setTimeout(() => {
      keepTop(scrollY)
    }, PAUSE_MILLISECONDS)
  }

  readonly #onOwnScroll = (): void => {
    this.#placed = true
  }
}

/** True once the heading has the focus, or it has gone elsewhere on the page, where it is to stay. */
function focusHeading(main: HTMLElement): boolean {
  const { activeElement } = main.getRootNode() as Document | ShadowRoot
  if (activeElement !== null && activeElement !== main) return true
  const heading = within(main, 'h1')
  if (heading === null) return false
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
  return true
}

/** The first such element, in whatever shadow root. */
function within(root: ParentNode, selector: string): HTMLElement | null {
  const found = root.querySelector<HTMLElement>(selector)
  if (found !== null) return found
  for (const { shadowRoot } of root.querySelectorAll('*')) {
    const inside = shadowRoot && within(shadowRoot, selector)
    if (inside) return inside
  }
  return null
}
