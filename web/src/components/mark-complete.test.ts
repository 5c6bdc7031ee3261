import { afterEach, describe, expect, it } from 'vitest'
import './mark-complete'
import { cleanPage, heard, inside, mounted, seen } from './testing'

afterEach(cleanPage)

describe('playhead-mark-complete', () => {
  it('asks for the mark, and changes only when the host says so', async () => {
    const asked = heard('playhead-complete')
    const element = await mounted('playhead-mark-complete')
    const button = inside(element, 'button')
    button.click()
    await element.updateComplete
    expect(asked).toEqual([null])
    expect(element.completed).toBe(false)
    expect(seen(button)).toBe('Mark as complete')
    expect(seen(inside(element, '[role=status]'))).toBe('')
  })

  it('says that it is complete, and offers to undo it from the very same button', async () => {
    const asked = heard('playhead-reopen')
    const element = await mounted('playhead-mark-complete')
    const button = inside(element, 'button')
    button.focus()
    element.completed = true
    await element.updateComplete
    expect(seen(inside(element, '[role=status]'))).toBe('Completed')
    expect(element.shadowRoot?.activeElement).toBe(button)
    expect(button.getAttribute('aria-label')).toBe('Undo: mark as not complete')
    button.click()
    expect(asked).toEqual([null])
  })

  it.each([true, false])(
    'asks nothing twice while busy (completed: %s), and stays focusable',
    async (completed) => {
      const asked = [heard('playhead-complete'), heard('playhead-reopen')]
      const element = await mounted('playhead-mark-complete', { busy: true, completed })
      const button = inside(element, 'button')
      button.click()
      expect(asked).toEqual([[], []])
      expect(button.getAttribute('aria-disabled')).toBe('true')
      expect(button.hasAttribute('disabled')).toBe(false)
    },
  )

  it.each([
    ['de', 'Als abgeschlossen markieren'],
    ['es', 'Marcar como completado'],
    ['ar', 'وضع علامة مكتمل'],
  ])('speaks %s', async (lang, words) => {
    document.documentElement.lang = lang
    expect(seen(inside(await mounted('playhead-mark-complete'), 'button'))).toBe(words)
  })
})
