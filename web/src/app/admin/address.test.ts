import { describe, expect, it } from 'vitest'
import { count, fromAddress, oneOf, orderBy, text, toAddress } from './address'

const choices = {
  q: text,
  type: oneOf('', 'video', 'document'),
  minStarted: count,
  sort: orderBy('-started', ['title', 'started']),
}

describe('filters in an address', () => {
  it('come back as they went', () => {
    const chosen = { q: 'fire & água', type: 'video', minStarted: '12', sort: 'title' }
    expect(fromAddress(choices, toAddress(choices, chosen))).toEqual(chosen)
  })

  it('leave out what is as by default', () => {
    expect(toAddress(choices, fromAddress(choices, ''))).toBe('')
    expect(toAddress(choices, { ...fromAddress(choices, ''), sort: '-title' })).toBe('?sort=-title')
  })

  it.each([
    ['?type=film', 'type', ''],
    ['?sort=password', 'sort', '-started'],
    ['?sort=--title', 'sort', '-started'],
    ['?minStarted=-1', 'minStarted', ''],
    ['?minStarted=2147483648', 'minStarted', ''],
    ['?minStarted=1e3', 'minStarted', ''],
    [`?q=${'x'.repeat(201)}`, 'q', ''],
  ] as const)('pass over what there is not: %s', (search, name, value) => {
    expect(fromAddress(choices, search)[name]).toBe(value)
  })

  it('take what the API takes', () => {
    expect(fromAddress(choices, '?minStarted=2147483647&sort=-title').minStarted).toBe('2147483647')
  })
})
