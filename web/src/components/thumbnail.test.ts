import { afterEach, describe, expect, it } from 'vitest'
import { hueOf, initialsOf } from './thumbnail'
import { allInside, cleanPage, inside, mounted, seen } from './testing'

afterEach(cleanPage)

describe('playhead-thumbnail', () => {
  it('shows the picture, and one made of the name when it does not load', async () => {
    const element = await mounted('playhead-thumbnail', { src: '/a.png', name: 'Fire drill' })
    const image = inside(element, 'img')
    expect(image.getAttribute('src')).toBe('/a.png')
    expect(image.getAttribute('alt')).toBe('')
    image.dispatchEvent(new Event('error'))
    await element.updateComplete
    expect(seen(inside(element, '[part=made]'))).toBe('FD')
  })

  it('tries again with another picture', async () => {
    const element = await mounted('playhead-thumbnail', { src: '/a.png', name: 'Fire drill' })
    inside(element, 'img').dispatchEvent(new Event('error'))
    element.src = '/b.png'
    await element.updateComplete
    expect(inside(element, 'img').getAttribute('src')).toBe('/b.png')
  })

  it('makes one when there is none', async () => {
    const element = await mounted('playhead-thumbnail', { name: '“quality” at work: part 1' })
    expect(seen(inside(element, '[part=made]'))).toBe('QA')
    expect(allInside(element, 'img')).toEqual([])
  })

  it.each([
    ['', ''],
    ['— !', ''],
    ['über uns', 'ÜU'],
    ['7 habits', '7H'],
    ['السلامة في العمل', 'اف'],
    ['𝒜lpha', '𝒜'],
  ])('takes the initials of %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials)
  })

  it('gives a name one hue, and similar names different ones', () => {
    const hues = Array.from({ length: 12 }, (_, n) => hueOf(`Module ${n}`))
    expect(hues.every((hue) => hue >= 0 && hue < 360)).toBe(true)
    expect(new Set(hues).size).toBe(12)
    expect(hueOf('Module 1')).toBe(hueOf('Module 1'))
  })
})
