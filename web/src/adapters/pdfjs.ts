/** PDF.js' viewer: which pages were in view, and for how long. */

import type { DocumentOptions, DocumentTracker, Playhead } from '../sdk'

/** What is used of a `PDFViewer`. */
export interface PdfViewer {
  /** The element that scrolls. */
  readonly container: HTMLElement
  readonly pagesCount: number
  currentPageNumber: number
  readonly eventBus: {
    on(event: string, listener: () => void): void
    off(event: string, listener: () => void): void
  }
}

/** Options of `attachPdf`. */
export interface PdfOptions extends Omit<DocumentOptions, 'root' | 'pages' | 'pageCount'> {
  /** Whether to turn to the page where the person was, by default true. */
  resume?: boolean | undefined
}

/** A page of the viewer; those that are not yet drawn have their size already. */
const PAGE = '.page[data-page-number]'

/** Save which pages of the viewer's document are seen. Resolves once the viewer has its pages. */
export async function attachPdf(
  playhead: Playhead,
  viewer: PdfViewer,
  { resume = true, ...options }: PdfOptions,
): Promise<DocumentTracker> {
  const known = options.known ?? (await playhead.progress(options.contentId).catch(() => undefined))
  if (viewer.pagesCount === 0) await hasPages(viewer)
  const page = known?.resume.page
  if (resume && known?.resume.offer && page && page <= viewer.pagesCount) viewer.currentPageNumber = page
  return playhead.trackDocument({
    ...options,
    known,
    root: viewer.container,
    pages: PAGE,
    pageCount: viewer.pagesCount,
  })
}

function hasPages(viewer: PdfViewer): Promise<void> {
  return new Promise((resolve) => {
    const ready = (): void => {
      viewer.eventBus.off('pagesinit', ready)
      resolve()
    }
    viewer.eventBus.on('pagesinit', ready)
  })
}
