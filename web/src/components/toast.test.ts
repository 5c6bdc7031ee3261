import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import './toast'
import { allInside, cleanPage, heard, inside, mounted, press, seen } from './testing'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'requestAnimationFrame'] })
})
afterEach(() => {
  cleanPage()
  vi.useRealTimers()
})

const shown = async (properties = {}) => {
  const toast = await mounted('playhead-toast', properties)
  toast.open = true
  await toast.updateComplete
  await vi.advanceTimersByTimeAsync(20) // one frame
  await toast.updateComplete
  return toast
}
const region = (toast: HTMLElement) => inside(toast, '[role=status]')
const pointer = (toast: HTMLElement, type: string) =>
  inside(toast, '[part=toast]').dispatchEvent(new PointerEvent(type))

describe('playhead-toast', () => {
  it('has its region on the page, empty, before the words are put in', async () => {
    const toast = await mounted('playhead-toast')
    const before = region(toast)
    expect(seen(before)).toBe('')
    toast.open = true
    await toast.updateComplete
    expect(seen(before)).toBe('')
    await vi.advanceTimersByTimeAsync(20)
    await toast.updateComplete
    expect(seen(before)).toBe('Great job! Content marked as complete.')
    expect(region(toast)).toBe(before)
  })

  it('says the message it is given, by show() too, over one that is shown', async () => {
    const toast = await shown({ message: 'You are offline.' })
    expect(seen(region(toast))).toBe('You are offline.')
    toast.show('Back online.', 'neutral')
    await vi.advanceTimersByTimeAsync(20)
    await toast.updateComplete
    expect(seen(region(toast))).toBe('Back online.')
    await vi.advanceTimersByTimeAsync(7900)
    expect(toast.open).toBe(true) // the second message has its own eight seconds
  })

  it('goes by itself after eight seconds, once', async () => {
    const closings = heard('playhead-toast-close')
    const toast = await shown()
    await vi.advanceTimersByTimeAsync(7900)
    expect(toast.open).toBe(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(toast.open).toBe(false)
    expect(closings).toEqual([{ reason: 'timeout' }])
    expect(seen(region(toast))).toBe('')
  })

  it('waits while it is pointed at or focused in, then goes on with what was left', async () => {
    const toast = await shown()
    await vi.advanceTimersByTimeAsync(5000)
    pointer(toast, 'pointerenter')
    inside(toast, '[part=close]').focus()
    await vi.advanceTimersByTimeAsync(60_000)
    pointer(toast, 'pointerleave')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(toast.open).toBe(true)
    inside(toast, '[part=close]').blur()
    await vi.advanceTimersByTimeAsync(2000)
    expect(toast.open).toBe(true)
    await vi.advanceTimersByTimeAsync(1100)
    expect(toast.open).toBe(false)
  })

  it('waits while the page is out of sight', async () => {
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    const toast = await shown()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(toast.open).toBe(true)
    hidden.mockReturnValue(false)
    document.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(8000)
    expect(toast.open).toBe(false)
  })

  it('stays until closed where asked to; its cross and Escape close it', async () => {
    const closings = heard('playhead-toast-close')
    const toast = await shown({ timeout: 0 })
    await vi.advanceTimersByTimeAsync(600_000)
    expect(toast.open).toBe(true)
    inside(toast, '[part=close]').click()
    expect(toast.open).toBe(false)
    toast.open = true
    await toast.updateComplete
    press(inside(toast, '[part=close]'), 'Escape')
    expect(closings).toEqual([{ reason: 'closed' }, { reason: 'closed' }])
  })

  it('is closed but once: what it had left is forgotten', async () => {
    const closings = heard('playhead-toast-close')
    const toast = await shown()
    inside(toast, '[part=close]').click()
    await toast.updateComplete
    await vi.advanceTimersByTimeAsync(60_000)
    expect(closings).toEqual([{ reason: 'closed' }])
  })

  it('has a place for an action while it is open', async () => {
    const toast = await shown()
    expect(allInside(toast, 'slot[name=action]')).toHaveLength(1)
    toast.open = false
    await toast.updateComplete
    expect(allInside(toast, 'slot, button')).toEqual([])
  })

  it.each([
    ['de', 'Gut gemacht! Der Inhalt ist als abgeschlossen markiert.'],
    ['es', '¡Buen trabajo! Contenido marcado como completado.'],
    ['ar', 'أحسنت! تم وضع علامة مكتمل على المحتوى.'],
  ])('speaks %s', async (lang, text) => {
    document.documentElement.lang = lang
    expect(seen(region(await shown()))).toBe(text)
  })
})
