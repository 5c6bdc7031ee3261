import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { DocumentTracker } from './document-tracker'
import { progressOf, recordingPage } from './testing/page'
import type { DocumentOptions } from './types'

/** happy-dom has no layout: the tests say what is in view. */
class Views {
  static now: Views
  readonly observed = new Set<Element>()

  constructor(readonly report: (entries: Partial<IntersectionObserverEntry>[]) => void) {
    Views.now = this
  }

  observe(page: Element): void {
    this.observed.add(page)
  }

  unobserve(page: Element): void {
    this.observed.delete(page)
  }

  disconnect(): void {
    this.observed.clear()
  }

  show(page: Element, intersectionRatio: number): void {
    const intersectionRect = { height: 100 * intersectionRatio } as DOMRectReadOnly
    const rootBounds = { height: 800 } as DOMRectReadOnly
    const isIntersecting = intersectionRatio > 0
    this.report([{ target: page, isIntersecting, intersectionRatio, intersectionRect, rootBounds }])
  }
}

function reading(options: Partial<DocumentOptions> = {}) {
  const page = recordingPage()
  const root = document.createElement('div')
  root.innerHTML =
    '<section data-page="1"></section><section data-page="2"></section><section data-page="4"></section>'
  document.body.append(root)
  const tracker = new DocumentTracker(page, { contentId: 'item', root, known: progressOf(), ...options })
  const show = (index: number, share = 1): void => {
    Views.now.show(root.children[index] ?? expect.fail('no such page'), share)
  }
  return { page, root, tracker, show }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('IntersectionObserver', Views)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  document.body.replaceChildren()
})

describe('a document tracker', () => {
  it('counts a page that is in view for a second, not one that is leafed past', () => {
    const { tracker, show } = reading()
    show(0)
    vi.advanceTimersByTime(900)
    show(0, 0)
    show(1)
    vi.advanceTimersByTime(1_000)
    expect(tracker.state).toMatchObject({ pagesViewed: [2], pageCount: 4, percentage: 25 })
  })

  it('saves when the reader pauses, and while they do not, every ten seconds', () => {
    const { page, tracker } = reading()
    tracker.view(1)
    vi.advanceTimersByTime(1_900)
    expect(page.saved).toHaveLength(0)
    vi.advanceTimersByTime(200)
    expect(page.saved).toMatchObject([{ event: 'heartbeat', sequence: 1, metadata: { pagesViewed: [1] } }])
    const long = reading({ pageCount: 100 })
    for (let number = 1; number <= 11; number += 1) {
      long.tracker.view(number)
      vi.advanceTimersByTime(1_000)
    }
    expect(long.page.saved).toHaveLength(1)
  })

  it('is completed at nine pages of ten, once, and says so at once', () => {
    const { page, tracker } = reading({ pageCount: 10 })
    const completed = vi.fn()
    tracker.addEventListener('completed', completed)
    for (let number = 1; number <= 10; number += 1) tracker.view(number)
    expect(completed).toHaveBeenCalledTimes(1)
    expect(page.saved[0]?.metadata?.pagesViewed).toHaveLength(9)
  })

  it('does not count what is in view while the tab is hidden, and looks again when it is seen', () => {
    const { page, tracker, show } = reading()
    show(0)
    expect(tracker.leave('hide')).toBeNull()
    vi.advanceTimersByTime(60_000)
    expect(page.saved).toEqual([])
    tracker.back()
    expect(Views.now.observed.size).toBe(3)
    show(0)
    vi.advanceTimersByTime(1_000)
    expect(tracker.leave('close')).toMatchObject({
      event: 'close',
      metadata: { pagesViewed: [1], pageCount: 4 },
    })
  })

  it('finds pages that the viewer adds later, whose numbers need not be stated', async () => {
    const { root, tracker } = reading()
    root.append(Object.assign(document.createElement('section'), { id: 'late' }))
    root.lastElementChild?.setAttribute('data-page', '')
    await vi.waitFor(() => {
      expect(Views.now.observed.size).toBe(4)
    })
    Views.now.show(root.lastElementChild ?? expect.fail(), 1)
    vi.advanceTimersByTime(1_000)
    expect(tracker.state.pagesViewed).toEqual([4])
  })

  it('without pages goes by scrolling', () => {
    const root = document.createElement('div')
    const height = vi.spyOn(root, 'scrollHeight', 'get').mockReturnValue(1_000)
    vi.spyOn(root, 'clientHeight', 'get').mockReturnValue(250)
    const { page, tracker } = reading({ root })
    root.scrollTop = 375
    root.dispatchEvent(new Event('scroll'))
    expect(tracker.state).toMatchObject({ pageCount: null, scrollPosition: 0.5, percentage: 62 })
    root.scrollTop = 750
    root.dispatchEvent(new Event('scroll'))
    tracker.detach()
    tracker.detach()
    expect(page.saved).toMatchObject([
      { event: 'close', progressPercentage: 100, metadata: { scrollPosition: 1 } },
    ])
    expect(height).toHaveBeenCalled()
  })

  it('that fits the view is at its end, once it was in view for a second', () => {
    const root = document.createElement('div')
    vi.spyOn(document.documentElement, 'scrollHeight', 'get').mockReturnValue(400)
    vi.spyOn(document.documentElement, 'clientHeight', 'get').mockReturnValue(400)
    const { tracker } = reading({ root })
    vi.advanceTimersByTime(900)
    expect(tracker.state).toMatchObject({ percentage: 0 })
    vi.advanceTimersByTime(200)
    expect(tracker.leave('hide')).toMatchObject({ progressPercentage: 100, metadata: { scrollPosition: 1 } })
  })

  it('counts the seconds in view, and saves them every thirty while nothing else changes', () => {
    const { page, tracker, show } = reading()
    show(0)
    vi.advanceTimersByTime(65_000)
    expect(page.saved.map(({ metadata }) => metadata?.watchTimeSeconds)).toEqual([3, 40])
    expect(tracker.leave('hide')?.metadata?.watchTimeSeconds).toBe(65)
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    vi.advanceTimersByTime(3_600_000)
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible')
    tracker.back()
    vi.advanceTimersByTime(5_000)
    tracker.detach()
    expect(page.saved.at(-1)).toMatchObject({ event: 'close', metadata: { watchTimeSeconds: 70 } })
  })

  it('does not count the hour in which the device slept', () => {
    const { page, tracker, show } = reading()
    show(0)
    vi.advanceTimersByTime(5_000)
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 3_600_000)
    tracker.detach()
    expect(page.saved.at(-1)?.metadata?.watchTimeSeconds).toBeLessThanOrEqual(20)
  })

  it('says which page the reader is on: the first in view', () => {
    const { tracker, show } = reading()
    show(1)
    show(2)
    vi.advanceTimersByTime(1_000)
    expect(tracker.leave('hide')?.metadata).toMatchObject({ pagesViewed: [2, 4], lastPage: 2 })
    show(1, 0)
    expect(tracker.leave('hide')?.metadata).toMatchObject({ lastPage: 4 })
    tracker.view(2)
    expect(tracker.leave('hide')?.metadata).toMatchObject({ lastPage: 2 })
  })

  it('begins a new reading with a new attempt', () => {
    const { page, tracker } = reading({ known: progressOf({ attempt: 1 }, { pagesViewed: [1] }) })
    tracker.view(2)
    const { sessionId, overall } = tracker.state
    expect(overall).toEqual({ percentage: 50, pagesViewed: [1, 2], completed: false })
    tracker.learn(progressOf({ attempt: 2 }))
    expect(page.saved).toMatchObject([{ event: 'close', sessionId }])
    expect(tracker.state).toMatchObject({ pagesViewed: [], overall: { percentage: 0, pagesViewed: [] } })
    expect(tracker.state.sessionId).not.toBe(sessionId)
  })
})
