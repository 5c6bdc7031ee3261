import { afterEach, describe, expect, it, vi } from 'vitest'
import './scrubber'
import { allInside, cleanPage, heard, inside, mounted, press, seen, spoken } from './testing'

afterEach(cleanPage)

const segments = [
  [360, 430],
  [0, 200],
  [100, 270],
] as const
const slider = async (properties = {}) => {
  const element = await mounted('playhead-scrubber', {
    duration: 1200,
    position: 754,
    segments,
    ...properties,
  })
  // A rectangle as if laid out at x = 100, 600 px wide: half a pixel a second.
  vi.spyOn(inside(element, '[part=track]'), 'getBoundingClientRect').mockReturnValue(
    new DOMRect(100, 0, 600, 6),
  )
  return { element, slide: inside(element, '[role=slider]') }
}
const point = (on: HTMLElement, type: string, clientX: number, more: PointerEventInit = {}) =>
  on.dispatchEvent(new PointerEvent(type, { clientX, pointerId: 1, button: 0, bubbles: true, ...more }))

describe('the slider', () => {
  it('says where it is in words, and what was watched', async () => {
    const { element, slide } = await slider()
    expect(slide.getAttribute('aria-valuetext')).toBe('12 minutes 34 seconds of 20 minutes')
    expect(slide.getAttribute('aria-valuenow')).toBe('754')
    expect(slide.getAttribute('aria-valuemax')).toBe('1200')
    expect(slide.tabIndex).toBe(0)
    const description = inside(element, `#${slide.getAttribute('aria-describedby') ?? ''}`)
    expect(seen(description)).toBe('Watched: from 0:00 to 4:30 and from 6:00 to 7:10; 28 %')
  })

  it('draws each watched range where it is, overlapping ones as one', async () => {
    const { element } = await slider()
    const drawn = allInside(element, '[part=range]').map(({ style }) => [style.left, style.width])
    expect(drawn).toEqual([
      ['0%', '22.5%'],
      ['30%', expect.stringMatching(/^5\.83/u)],
    ])
  })

  it.each([
    ['ArrowRight', 759],
    ['ArrowUp', 759],
    ['ArrowLeft', 749],
    ['ArrowDown', 749],
    ['PageUp', 874],
    ['PageDown', 634],
    ['Home', 0],
    ['End', 1200],
  ])('goes by %s to %d seconds', async (key, positionSeconds) => {
    const asked = heard('playhead-seek')
    const { slide } = await slider()
    expect(press(slide, key)).toBe(false)
    expect(asked).toEqual([{ positionSeconds }])
  })

  it('adds up keys pressed faster than the player answers, within the medium', async () => {
    const asked = heard('playhead-seek')
    const { slide } = await slider({ position: 1189 })
    for (const key of Array<string>(3).fill('ArrowRight')) press(slide, key)
    expect(asked).toEqual([{ positionSeconds: 1194 }, { positionSeconds: 1199 }, { positionSeconds: 1200 }])
  })

  it('leaves other keys, and keys with modifiers, to the page', async () => {
    const asked = heard('playhead-seek')
    const { slide } = await slider()
    expect(press(slide, 'k')).toBe(true)
    expect(press(slide, 'ArrowLeft', { altKey: true })).toBe(true)
    expect(asked).toEqual([])
  })

  it('runs left to right in a right-to-left page: right is forward', async () => {
    document.documentElement.dir = 'rtl'
    document.documentElement.lang = 'ar'
    const asked = heard('playhead-seek')
    const { element, slide } = await slider()
    press(slide, 'ArrowRight')
    expect(asked).toEqual([{ positionSeconds: 759 }])
    expect(spoken(slide.getAttribute('aria-valuetext'))).toContain(' من ')
    expect(seen(inside(element, '#watched'))).toMatch(/^شوهد: من 0:00 إلى 4:30/u)
  })

  it('asks once for a drag, at its end, and shows the time under the pointer meanwhile', async () => {
    const asked = heard('playhead-seek')
    const { element, slide } = await slider()
    slide.setPointerCapture = vi.fn()
    point(slide, 'pointerdown', 200)
    point(slide, 'pointermove', 400)
    element.position = 760 // the player plays on under the drag
    await element.updateComplete
    expect(asked).toEqual([])
    expect(seen(inside(element, '[part=bubble]'))).toBe('10:00')
    expect(slide.getAttribute('aria-valuenow')).toBe('600')
    point(slide, 'pointerup', 1000)
    expect(asked).toEqual([{ positionSeconds: 1200 }])
    expect(slide.setPointerCapture).toHaveBeenCalledWith(1)
  })

  it('forgets a drag that is cancelled or escaped', async () => {
    const asked = heard('playhead-seek')
    const { element, slide } = await slider()
    slide.setPointerCapture = vi.fn()
    for (const abandon of [() => point(slide, 'pointercancel', 300), () => press(slide, 'Escape')]) {
      point(slide, 'pointerdown', 200)
      abandon()
      point(slide, 'pointerup', 300)
    }
    await element.updateComplete
    expect(asked).toEqual([])
    expect(slide.getAttribute('aria-valuenow')).toBe('754')
  })

  it.each([
    { disabled: true },
    { duration: 0 },
    { duration: Number.NaN },
    { duration: Number.POSITIVE_INFINITY },
  ])('does nothing with %o', async (properties) => {
    const asked = heard('playhead-seek')
    const { slide } = await slider(properties)
    press(slide, 'End')
    point(slide, 'pointerdown', 200)
    point(slide, 'pointerup', 200)
    expect(asked).toEqual([])
    expect(slide.getAttribute('aria-disabled')).toBe('true')
    expect(slide.tabIndex).toBe(-1)
  })
})

describe('the map of what was watched', () => {
  it('is a picture with a description, and no control', async () => {
    const element = await mounted('playhead-scrubber', { duration: 1200, segments, readonly: true })
    expect(spoken(inside(element, '[role=img]').getAttribute('aria-label'))).toBe(
      'Parts watched. Watched: from 0:00 to 4:30 and from 6:00 to 7:10; 28 %',
    )
    expect(allInside(element, '[part=range]')).toHaveLength(2)
    expect(allInside(element, '[role=slider], [tabindex]')).toEqual([])
  })

  it('says so when nothing was watched', async () => {
    const element = await mounted('playhead-scrubber', { duration: 60, readonly: true, label: 'Fire drill' })
    expect(inside(element, '[role=img]').getAttribute('aria-label')).toBe('Fire drill. Nothing watched yet')
  })

  it('shows the times on request', async () => {
    const element = await mounted('playhead-scrubber', {
      duration: 1200,
      segments,
      readonly: true,
      times: true,
    })
    expect(seen(inside(element, '[part=times]'))).toBe('0:00 28 % watched 20:00')
  })
})
