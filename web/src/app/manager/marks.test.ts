import { expect, it } from 'vitest'
import { FADING, marked } from './marks'

it('a row that changes again is marked again, and one that has faded is not marked any more', () => {
  const first = marked(new Map(), ['ada', 'bob'], 0)
  expect(first.get('ada')?.turn).toBe(0)
  const again = marked(first, ['ada'], 1_000)
  expect(again.get('ada')).toEqual({ at: 1_000, turn: 1 })
  expect([...again.keys()]).toEqual(['ada', 'bob'])
  expect([...marked(again, ['cid'], FADING).keys()]).toEqual(['ada', 'cid'])
})
