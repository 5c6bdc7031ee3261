import { describe, expect, it } from 'vitest'
import { filtersOf, oneOf, orderOf, searchOf, wholeNumber } from './address'
import { cleanTeamFilters, TEAM_DEFAULTS } from './team-filters'

describe('filters in an address', () => {
  it('come back as they were written, whatever is in them', () => {
    const filters = { ...TEAM_DEFAULTS, q: 'Zoë & Søn 100%?#', sort: '-progress', needsSupport: 'true' }
    expect(filtersOf(searchOf(filters, TEAM_DEFAULTS), TEAM_DEFAULTS)).toEqual(filters)
  })

  it('leave the address clean where they are as usual', () => {
    expect(searchOf(TEAM_DEFAULTS, TEAM_DEFAULTS)).toBe('')
  })

  it('distinguishes a search that was emptied from one that never was', () => {
    expect(searchOf({ q: '', sort: 'name' }, { q: 'a', sort: 'name' })).toBe('?q=')
  })

  it('ignore names of others', () => {
    expect(filtersOf('?utm=1&q=ada', { q: '' })).toEqual({ q: 'ada' })
  })
})

describe('what was typed into the address', () => {
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
  ])('a number %j is %j', (text, expected) => {
    expect(wholeNumber(text, 1, 3650, '14')).toBe(expected)
  })

  it('is one of what there is, or the first of it', () => {
    expect(oneOf('b', ['a', 'b'])).toBe('b')
    expect(oneOf('c', ['a', 'b'])).toBe('a')
  })

  it.each([
    ['-progress', '-progress'],
    ['progress', 'progress'],
    ['--progress', 'name'],
    ['reasons', 'name'],
  ])('an order %j is %j', (text, expected) => {
    expect(orderOf(text, ['name', 'progress'], 'name')).toBe(expected)
  })

  it('never reaches the API where that would refuse it', () => {
    const typed = {
      q: 'x'.repeat(500),
      sort: 'shoe',
      needsSupport: 'maybe',
      inactiveDays: '0',
      behindPoints: '101',
    }
    expect(cleanTeamFilters(typed)).toEqual({ ...TEAM_DEFAULTS, q: 'x'.repeat(200) })
  })
})
