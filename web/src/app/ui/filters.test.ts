import { describe, expect, it } from 'vitest'
import { TEAM_CHOICES, TEAM_DEFAULTS } from '../manager/team-filters'
import { count, fromAddress, oneOf, orderBy, text, toAddress, wholeNumber } from './filters'

const choices = {
  q: text,
  type: oneOf('', 'video', 'document'),
  minStarted: count,
  sort: orderBy('-started', ['title', 'started']),
}

describe('filters in an address', () => {
  it.each([
    { q: 'fire & água', type: 'video', minStarted: '12', sort: 'title' },
    { q: 'Zoë & Søn 100%?#', type: '', minStarted: '', sort: '-started' },
  ])('come back as they went: %j', (chosen) => {
    expect(fromAddress(choices, toAddress(choices, chosen))).toEqual(chosen)
  })

  it('leave out what is as by default', () => {
    expect(toAddress(choices, fromAddress(choices, ''))).toBe('')
    expect(toAddress(choices, { ...fromAddress(choices, ''), sort: '-title' })).toBe('?sort=-title')
  })

  it('distinguishes a search that was emptied from one that never was', () => {
    const searching = { q: { ...text, initial: 'a' } }
    expect(toAddress(searching, { q: '' })).toBe('?q=')
  })

  it('ignore other names', () => {
    expect(fromAddress({ q: text }, '?utm=1&q=ada')).toEqual({ q: 'ada' })
  })

  it.each([
    ['?type=film', 'type', ''],
    ['?sort=password', 'sort', '-started'],
    ['?sort=--title', 'sort', '-started'],
    ['?sort=-title', 'sort', '-title'],
    ['?minStarted=-1', 'minStarted', ''],
    ['?minStarted=2147483648', 'minStarted', ''],
    ['?minStarted=2147483647', 'minStarted', '2147483647'],
    ['?minStarted=1e3', 'minStarted', ''],
    [`?q=${'x'.repeat(201)}`, 'q', 'x'.repeat(200)],
  ] as const)('are made valid: %s', (search, name, value) => {
    expect(fromAddress(choices, search)[name]).toBe(value)
  })

  it.each([
    ['7', '7'],
    [' 7 ', '7'],
    ['007', '7'],
    ['0', '14'],
    ['3651', '14'],
    ['-3', '14'],
    ['7.5', '14'],
    ['1e3', '14'],
    ['', '14'],
    ['9'.repeat(40), '14'],
  ])('have a number of days %j as %j', (typed, expected) => {
    expect(wholeNumber('14', 1, 3650).clean(typed)).toBe(expected)
  })

  it('of a team never hold what the API would refuse', () => {
    const typed = {
      q: 'x'.repeat(500),
      sort: 'shoe',
      needsSupport: 'maybe',
      inactiveDays: '0',
      behindPoints: '101',
    }
    const search = new URLSearchParams(typed).toString()
    expect(fromAddress(TEAM_CHOICES, search)).toEqual({ ...TEAM_DEFAULTS, q: 'x'.repeat(200) })
  })
})
