import { afterEach, describe, expect, it } from 'vitest'
import './progress'
import { cleanPage, inside, mounted, seen } from './testing'

afterEach(cleanPage)

describe('playhead-progress', () => {
  it.each([
    [{ value: 75, status: 'in_progress' }, '75 %', '75'],
    [{ value: 99.9, status: 'in_progress' }, '99 %', '99'],
    [{ value: 140, status: 'in_progress' }, '100 %', '100'],
    [{ value: Number.NaN, status: 'in_progress' }, '0 %', '0'],
    [{ value: 93, status: 'completed' }, '✓ Completed', '100'],
    [{ value: 0, status: 'not_started' }, '○ Not started', '0'],
  ] as const)('shows %o as %s', async (properties, text, now) => {
    const element = await mounted('playhead-progress', properties)
    expect(seen(inside(element, '[part=text]'))).toBe(text)
    expect(inside(element, '[role=progressbar]').getAttribute('aria-valuenow')).toBe(now)
    expect(inside(element, '[part=fill]').style.getPropertyValue('inline-size')).toBe(`${now}%`)
  })

  it('speaks the words without the mark, and is named by its label', async () => {
    const element = await mounted('playhead-progress', { status: 'completed', label: 'Fire drill' })
    const bar = inside(element, '[role=progressbar]')
    expect(bar.getAttribute('aria-valuetext')).toBe('Completed')
    expect(bar.getAttribute('aria-label')).toBe('Fire drill')
    element.label = ''
    await element.updateComplete
    expect(bar.getAttribute('aria-label')).toBe('Progress')
  })

  it('reads its attributes, as plain HTML sets them', async () => {
    document.body.innerHTML = '<playhead-progress value="40" layout="inline"></playhead-progress>'
    const element = document.querySelector('playhead-progress')
    await element?.updateComplete
    expect(element && seen(inside(element, '[part=text]'))).toBe('40 %')
  })

  it.each([
    ['de', '✓ Abgeschlossen'],
    ['es', '✓ Completado'],
    ['ar', '✓ مكتمل'],
  ])('speaks %s', async (lang, text) => {
    document.documentElement.lang = lang
    const element = await mounted('playhead-progress', { status: 'completed' })
    expect(seen(inside(element, '[part=text]'))).toBe(text)
  })
})
