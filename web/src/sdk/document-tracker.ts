/** A tracker of one document: pages seen, how far it is scrolled, and for how long it was in view. */

import { completesDocument, overallPercentage, pagesOf, shareOf } from './completion'
import { DocumentObserver } from './document-observer'
import { documentHeartbeat, type HeartbeatBody } from './heartbeat'
import type { HeartbeatEvent } from './session'
import {
  beginReading,
  countPages,
  isWorthSaving,
  readFor,
  savedReading,
  scrollTo,
  seePage,
  turnTo,
  type Reading,
} from './reading'
import { Tracker, type Page } from './tracker'
import type { DocumentOptions, DocumentState } from './types'
import { uuid } from './uuid'

/** A change is saved when the reader pauses this long … */
const QUIET_MS = 2_000
/** … and after this long in any case. */
const LATEST_MS = 10_000
/** The time in view is looked at this often: a look adds no more, lest a sleeping device reads on. */
const LOOK_MS = 10_000
/** Reading on without a change is saved this often. */
const UNSAVED_SECONDS = 30

/** Tracks one document for one item, from `trackDocument` to `detach`. */
export class DocumentTracker extends Tracker<DocumentState> {
  readonly #observer: DocumentObserver
  readonly #pageCount: number | null
  #reading: Reading
  #timer: ReturnType<typeof setTimeout> | undefined
  #dueAt: number | null = null
  #attached = true
  /** When the time in view was last looked at, by a clock that never jumps; null while the page is hidden. */
  #lookedAt: number | null = null
  readonly #looking: ReturnType<typeof setInterval>

  /** @internal */
  constructor(page: Page, options: DocumentOptions) {
    super(page, options)
    const { root, pages = '[data-page]', pageCount = null, seenAfterSeconds = 1 } = options
    this.#pageCount = pageCount
    this.#reading = beginReading(uuid(), this.page.now(), pageCount)
    this.#observer = new DocumentObserver(root, pages, seenAfterSeconds * 1000, {
      seen: (number) => {
        this.#become(seePage(this.#reading, number, this.page.now()))
      },
      turned: (number) => {
        this.#become(turnTo(this.#reading, number, this.page.now()))
      },
      scrolled: (view) => {
        this.#become(scrollTo(this.#reading, view, this.page.now()))
      },
      counted: (count) => {
        this.#become(countPages(this.#reading, this.#pageCount ?? count))
      },
    })
    this.#looking = setInterval(() => {
      this.#look()
      if (this.#reading.unsavedSeconds >= UNSAVED_SECONDS) this.#save('heartbeat')
    }, LOOK_MS)
    this.#look()
  }

  override get state(): DocumentState {
    const { id, pages, pageCount, scrollPosition, percentage } = this.#reading
    const all = pagesOf([...this.known.pages, ...pages], pageCount)
    const { completed } = this.known
    return {
      ...this.shared,
      sessionId: id,
      pagesViewed: [...pages],
      pageCount,
      scrollPosition,
      percentage: pageCount === null ? percentage : shareOf(pages.length, pageCount),
      overall: {
        percentage: overallPercentage(
          this.known,
          pageCount === null ? percentage : shareOf(all.length, pageCount),
        ),
        pagesViewed: all,
        completed,
      },
    }
  }

  /** Count a page as seen, from 1: for viewers that report the page they show. */
  view(page: number): void {
    const now = this.page.now()
    this.#become(turnTo(seePage(this.#reading, page, now), page, now))
  }

  /** @internal */
  protected override beginSession(): void {
    this.#save('close')
    this.#reading = beginReading(uuid(), this.page.now(), this.#reading.pageCount)
    this.#observer.refresh()
  }

  /** Save what is left and let go of the document. */
  detach(): void {
    if (!this.#attached) return
    this.#attached = false
    clearInterval(this.#looking)
    this.#observer.stop()
    this.#save('close')
    this.page.detached(this)
  }

  /** @internal */
  leave(moment: 'hide' | 'close'): HeartbeatBody | null {
    this.#observer.pause()
    const body = this.#take(moment === 'close' ? 'close' : 'heartbeat')
    this.#lookedAt = null
    return body
  }

  /** @internal */
  back(): void {
    this.#observer.refresh()
    this.#look()
    this.refresh()
  }

  /** The document was in view since the last look, where the page is. */
  #look(): void {
    const clock = performance.now()
    if (this.#lookedAt !== null) {
      const seconds = Math.min(clock - this.#lookedAt, LOOK_MS * 1.5) / 1000
      this.#reading = readFor(this.#reading, seconds, this.page.now())
      this.#lookedAt = clock
    } else if (document.visibilityState === 'visible') this.#lookedAt = clock
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
    const now = this.page.now()
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
    this.#look()
    if (!isWorthSaving(this.#reading)) return null
    this.#reading = savedReading(this.#reading)
    return documentHeartbeat(this.#reading, event, this.contentId, uuid())
  }
}
