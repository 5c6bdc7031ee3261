/** The document in a frame: its pages, where it is scrolled to, and whether it came at all. */

/** Less than this is the top: no notice says that the reader is back where they were. */
const LEAST_SHARE = 0.02

/** Scrolls to a share of the way there is, 0–1; false where that is the top. */
export function restoreScroll(document: Document, share: number): boolean {
  const scroller = document.scrollingElement
  if (scroller === null || share < LEAST_SHARE) return false
  const way = scroller.scrollHeight - scroller.clientHeight
  scroller.scrollTop = share * way
  return way > 0
}

/** Scrolls to the page that was read last; null where that is the first, or there is none of that number. */
export function restorePage(document: Document, number: number | null): number | null {
  const page = number === null || number <= 1 ? null : pageOf(document, number)
  page?.scrollIntoView()
  return page === null ? null : number
}

/** The page of that number, from 1: by what it says of itself, or by its place among the pages. */
export function pageOf(document: Document, number: number): Element | null {
  const pages = [...document.querySelectorAll<HTMLElement>('[data-page]')]
  return pages.find((page) => Number(page.dataset['page']) === number) ?? pages[number - 1] ?? null
}

/** Whether the service answered with the document. Where the browser does not say (Safari), it counts as answered. */
export function servedWell(frame: HTMLIFrameElement): boolean {
  const [navigation] = frame.contentWindow?.performance.getEntriesByType('navigation') ?? []
  const status = (navigation as Partial<PerformanceNavigationTiming> | undefined)?.responseStatus ?? 0
  return status < 400
}
