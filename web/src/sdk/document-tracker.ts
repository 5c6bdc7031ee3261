/** A tracker of one document: pages seen, and how far it is scrolled. */

import { completesDocument, shareOf } from './completion'
import { DocumentObserver } from './document-observer'
import { documentHeartbeat, type HeartbeatBody } from './heartbeat'
import type { HeartbeatEvent } from './session'
import {
  beginReading,
  countPages,
  isWorthSaving,
  savedReading,
  scrollTo,
  seePage,
  type Reading,
} from './reading'
import { Tracker, type Page } from './tracker'
import type { DocumentOptions, DocumentState } from './types'
import { uuid } from './uuid'

/** A change is saved when the reader pauses this long … */
const QUIET_MS = 2_000
/** … and after this long in any case. */
const LATEST_MS = 10_000

/** Tracks one document for one item, from `trackDocument` to `detach`. */
export class DocumentTracker extends Tracker<DocumentState> {
  readonly #observer: DocumentObserver
  readonly #pageCount: number | null
  #reading: Reading
  #timer: ReturnType<typeof setTimeout> | undefined
  #dueAt: number | null = null
  #attached = true

  /** @internal */
  constructor(page: Page, options: DocumentOptions) {
    super(page, options)
    const { root, pages = '[data-page]', pageCount = null, seenAfterSeconds = 1 } = options
    this.#pageCount = pageCount
    this.#reading = beginReading(uuid(), Date.now(), pageCount)
    this.#observer = new DocumentObserver(root, pages, seenAfterSeconds * 1000, {
      seen: (number) => {
        this.view(number)
      },
      scrolled: (view) => {
        this.#become(scrollTo(this.#reading, view, Date.now()))
      },
      counted: (count) => {
        this.#become(countPages(this.#reading, this.#pageCount ?? count))
      },
    })
  }

  override get state(): DocumentState {
    const { id, pages, pageCount, scrollPosition, percentage } = this.#reading
    return {
      ...this.shared,
      sessionId: id,
      pagesViewed: [...pages],
      pageCount,
      scrollPosition,
      percentage: pageCount === null ? percentage : shareOf(pages.length, pageCount),
    }
  }

  /** Count a page as seen, from 1: for viewers that report the page they show. */
  view(page: number): void {
    this.#become(seePage(this.#reading, page, Date.now()))
  }

  /** Save what is left and let go of the document. */
  detach(): void {
    if (!this.#attached) return
    this.#attached = false
    this.#observer.stop()
    this.#save('close')
    this.page.detached(this)
  }

  /** @internal */
  leave(moment: 'hide' | 'close'): HeartbeatBody | null {
    this.#observer.pause()
    return this.#take(moment === 'close' ? 'close' : 'heartbeat')
  }

  /** @internal */
  back(): void {
    this.#observer.refresh()
  }

  #become(reading: Reading): void {
    if (reading === this.#reading) return
    this.#reading = reading
    if (this.#completes) {
      this.becomeCompleted()
      this.#save('heartbeat')
    } else if (isWorthSaving(reading)) this.#saveSoon()
    this.emit('progress', this.state)
  }

  get #completes(): boolean {
    const { pages, pageCount } = this.#reading
    if (this.known.completed || !pages.length) return false
    return completesDocument(this.known, { pages, pageCount }, this.threshold)
  }

  #saveSoon(): void {
    const now = Date.now()
    this.#dueAt ??= now + LATEST_MS
    clearTimeout(this.#timer)
    this.#timer = setTimeout(
      () => {
        this.#save('heartbeat')
      },
      Math.min(QUIET_MS, this.#dueAt - now),
    )
  }

  #save(event: HeartbeatEvent): void {
    const body = this.#take(event)
    if (body) this.page.save(body)
  }

  #take(event: HeartbeatEvent): HeartbeatBody | null {
    clearTimeout(this.#timer)
    this.#dueAt = null
    if (!isWorthSaving(this.#reading)) return null
    this.#reading = savedReading(this.#reading)
    return documentHeartbeat(this.#reading, event, this.contentId, uuid())
  }
}
