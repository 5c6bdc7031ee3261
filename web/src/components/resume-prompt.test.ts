import { afterEach, describe, expect, it } from 'vitest'
import './resume-prompt'
import { allInside, cleanPage, heard, inside, mounted, press, seen } from './testing'

afterEach(cleanPage)

const opened = async () => {
  const before = document.createElement('button')
  document.body.append(before)
  before.focus()
  const prompt = await mounted('playhead-resume-prompt', { position: 754 })
  prompt.open = true
  await prompt.updateComplete
  return { before, prompt }
}

describe('playhead-resume-prompt', () => {
  it('asks with the time, spells it out for the ear, and takes the focus', async () => {
    const { prompt } = await opened()
    expect(seen(inside(prompt, '[part=question]'))).toBe('Continue from 12:34?')
    expect(inside(prompt, '[role=dialog]').getAttribute('aria-label')).toBe(
      'Continue from 12 minutes 34 seconds?',
    )
    expect(prompt.shadowRoot?.activeElement).toBe(inside(prompt, '[part=resume]'))
  })

  it.each([
    ['resume', 'playhead-resume', { positionSeconds: 754 }],
    ['start-over', 'playhead-start-over', null],
    ['close', 'playhead-resume-dismiss', null],
  ] as const)('answers %s once, closes and gives the focus back', async (part, event, detail) => {
    const answers = (['playhead-resume', 'playhead-start-over', 'playhead-resume-dismiss'] as const).map(
      (name) => [name, heard(name)] as const,
    )
    const { before, prompt } = await opened()
    inside(prompt, `[part=${part}]`).click()
    await prompt.updateComplete
    expect(answers.filter(([, details]) => details.length > 0)).toEqual([[event, [detail]]])
    expect(prompt.open).toBe(false)
    expect(allInside(prompt, '*')).toEqual([])
    expect(document.activeElement).toBe(before)
  })

  it('is dismissed by Escape, which goes no further', async () => {
    const dismissed = heard('playhead-resume-dismiss')
    const keys: string[] = []
    const { prompt } = await opened()
    document.body.addEventListener('keydown', (event) => keys.push(event.key), { once: true })
    press(inside(prompt, '[part=resume]'), 'Escape')
    expect(dismissed).toEqual([null])
    expect(keys).toEqual([])
    press(prompt, 'x') // the listener above does receive what is not kept from it
    expect(keys).toEqual(['x'])
  })

  it.each([
    ['en', 'Continue on page 37?'],
    ['de', 'Auf Seite 37 fortsetzen?'],
    ['es', '¿Continuar en la página 37?'],
    ['ar', 'هل تريد المتابعة من الصفحة 37؟'],
  ])('asks with the page of a document in %s', async (lang, question) => {
    document.documentElement.lang = lang
    const { prompt } = await opened()
    prompt.page = 37
    await prompt.updateComplete
    expect(seen(inside(prompt, '[part=question]'))).toBe(question)
    expect(inside(prompt, '[role=dialog]').getAttribute('aria-label')).toBe(question)
  })

  it.each([
    ['de', 'Bei 12:34 fortsetzen?'],
    ['es', '¿Continuar desde 12:34?'],
    ['ar', 'هل تريد المتابعة من 12:34؟'],
  ])('speaks %s', async (lang, question) => {
    document.documentElement.lang = lang
    const { prompt } = await opened()
    expect(seen(inside(prompt, '[part=question]'))).toBe(question)
  })
})
