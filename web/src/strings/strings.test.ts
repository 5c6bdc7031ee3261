import { LitElement, html } from 'lit'
import { afterEach, describe, expect, it } from 'vitest'
import { directionOf, formats, languageOf, Localised, messages, plural } from './index'

const strings = messages({
  en: {
    greeting: 'Good morning',
    items: (n: number) => plural('en', n, { one: '# item', other: '# items' }),
  },
  de: { greeting: 'Guten Morgen', items: (n) => plural('de', n, { one: '# Inhalt', other: '# Inhalte' }) },
  es: {
    greeting: 'Buenos días',
    items: (n) => plural('es', n, { one: '# contenido', other: '# contenidos' }),
  },
  ar: {
    greeting: 'صباح الخير',
    items: (n) =>
      plural('ar', n, {
        zero: 'لا عناصر',
        one: 'عنصر واحد',
        two: 'عنصران',
        few: '# عناصر',
        other: '# عنصرًا',
      }),
  },
})

class GreetingElement extends LitElement {
  private readonly local = new Localised(this, strings)
  override render() {
    return html`<p>${this.local.t.greeting} ${this.local.format.percent(75)}</p>`
  }
}
customElements.define('test-greeting', GreetingElement)

/** Text as a reader sees it: Intl's no-break spaces and direction marks count for nothing. */
const seen = (text: string) => text.replace(/[\u00A0\u202F]/gu, ' ').replace(/[\u200E\u200F\u061C]/gu, '')

afterEach(() => {
  document.body.replaceChildren()
  document.documentElement.removeAttribute('lang')
})

describe('a catalogue', () => {
  it('answers in the primary language of the tag, and in English for one it does not speak', () => {
    expect(strings('de-AT').greeting).toBe('Guten Morgen')
    expect(strings('DE').greeting).toBe('Guten Morgen')
    expect(strings('fr').greeting).toBe('Good morning')
    expect(strings('').greeting).toBe('Good morning')
    expect(languageOf('deutsch')).toBe('en')
  })

  it('has the plural forms of each language, the numbers written its way', () => {
    expect([1, 2, 1200].map(strings('en').items)).toEqual(['1 item', '2 items', '1,200 items'])
    expect([1, 1200].map(strings('de').items)).toEqual(['1 Inhalt', '1.200 Inhalte'])
    expect([0, 1, 2, 5, 11].map(strings('ar').items)).toEqual([
      'لا عناصر',
      'عنصر واحد',
      'عنصران',
      '5 عناصر',
      '11 عنصرًا',
    ])
  })

  it('does not compile with a key missing, one too many, or another parameter', () => {
    const en = { hello: 'Hello', count: (n: number) => String(n) }
    const whole = { hello: '', count: (n: number) => String(n) }
    // @ts-expect-error count is missing in Spanish
    messages({ en, de: whole, es: { hello: '' }, ar: whole })
    // @ts-expect-error bye is not a key
    messages({ en, de: whole, es: whole, ar: { ...whole, bye: '' } satisfies typeof whole })
    // @ts-expect-error count takes a number
    messages({ en, de: whole, es: { hello: '', count: (n: Date) => String(n) }, ar: whole })
    expect(directionOf('ar-EG')).toBe('rtl')
    expect(directionOf('en')).toBe('ltr')
  })
})

describe('formats', () => {
  it('writes a percentage with a space in every language, and never rounds up to 100', () => {
    expect(['en', 'de', 'es'].map((lang) => seen(formats(lang).percent(75)))).toEqual([
      '75 %',
      '75 %',
      '75 %',
    ])
    expect(seen(formats('ar').percent(75))).toBe('75%')
    expect(seen(formats('en').percent(99.9))).toBe('99 %')
    expect(seen(formats('en').percent(29))).toBe('29 %')
  })

  it.each([
    [0, '0:00'],
    [9.99, '0:09'],
    [754, '12:34'],
    [3723, '1:02:03'],
    [36000, '10:00:00'],
    [Number.NaN, '0:00'],
    [Number.POSITIVE_INFINITY, '0:00'],
    [-3, '0:00'],
  ])('writes %d seconds as the clock %s', (seconds, text) => {
    expect(formats('en').clock(seconds)).toBe(text)
  })

  it('spells lengths of time out', () => {
    expect(formats('en').duration(754)).toBe('12 minutes 34 seconds')
    expect(formats('en').duration(1200)).toBe('20 minutes')
    expect(formats('en').duration(0)).toBe('0 seconds')
    expect(formats('de').duration(3661)).toBe('1 Stunde, 1 Minute und 1 Sekunde')
    expect(formats('ar').duration(60)).toContain('دقيقة')
    expect(formats('en').shortDuration(61)).toBe('2 mins')
    expect(formats('en').shortDuration(3601)).toBe('1 hr 1 min')
    expect(formats('en').shortDuration(12)).toBe('12 secs')
  })

  it('writes dates in the language, British for plain English, English for a language without messages', () => {
    const noon = new Date(2026, 10, 22, 12, 5)
    expect(formats('en').date(noon)).toBe('22 Nov 2026')
    expect(formats('en-US').date(noon)).toBe('Nov 22, 2026')
    expect(formats('fr').date(noon)).toBe('22 Nov 2026')
    expect(formats('not a tag').dateTime(noon)).toBe('22 Nov 2026, 12:05')
    expect(formats('de').date(noon)).toBe('22.11.2026')
  })

  it.each([
    [0, 'now'],
    [-50, '1 minute ago'],
    [-3599, '59 minutes ago'],
    [-7200, '2 hours ago'],
    [-25 * 3600, 'yesterday'],
    [-37 * 3600, '2 days ago'],
    [3 * 86400, 'in 3 days'],
    [-21 * 86400, '3 weeks ago'],
    [-100 * 86400, '3 months ago'],
    [-800 * 86400, '2 years ago'],
  ])('shows a moment %d seconds away as %s', (seconds, text) => {
    const now = new Date(2026, 10, 22, 12)
    expect(formats('en').relative(new Date(now.getTime() + seconds * 1000), now)).toBe(text)
  })
})

describe('Localised', () => {
  const shown = async (element: LitElement) => {
    await element.updateComplete
    return element.shadowRoot?.textContent.trim() ?? ''
  }

  it('speaks the language of the closest [lang], through shadow roots', async () => {
    const outer = document.createElement('div')
    outer.lang = 'es'
    const inner = document.createElement('section')
    outer.attachShadow({ mode: 'open' }).append(inner)
    const element = new GreetingElement()
    inner.append(element)
    document.body.append(outer)
    expect(await shown(element)).toContain('Buenos días')
  })

  it('follows the document, and an ancestor, when their language changes', async () => {
    const wrapper = document.createElement('div')
    const element = new GreetingElement()
    wrapper.append(element)
    document.body.append(wrapper)
    expect(await shown(element)).toContain('Good morning')
    document.documentElement.lang = 'de'
    await new Promise((resolve) => setTimeout(resolve))
    expect(await shown(element)).toContain('Guten Morgen')
    wrapper.lang = 'ar'
    await new Promise((resolve) => setTimeout(resolve))
    expect(await shown(element)).toContain('صباح الخير')
  })

  it('looks again when moved to a place with another language', async () => {
    const element = new GreetingElement()
    document.body.append(element)
    expect(await shown(element)).toContain('Good morning')
    const place = document.createElement('div')
    place.lang = 'de'
    document.body.append(place)
    place.append(element)
    expect(await shown(element)).toContain('Guten Morgen')
  })
})
