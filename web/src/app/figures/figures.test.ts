import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'
import { pages } from '../routes'
import { explainedAt } from './link'
import { order, sections } from './sections'
import { strings } from './strings'
import { en } from './strings/en'

describe('what the figures mean', () => {
  it.each([
    ['/dashboard', 'people'],
    ['/history', 'time'],
    ['/watch/1', 'one'],
    ['/teams', 'people'],
    ['/teams/1', 'people'],
    ['/people/1', 'people'],
    ['/people/1/items/2', 'one'],
    ['/organisation', 'people'],
    ['/organisation/teams', 'people'],
    ['/organisation/items', 'items'],
    ['/organisation/items/1', 'items'],
    ['/organisation/exports', null],
    ['/organisation/import', null],
    ['/organisation/settings', null],
    ['/', null],
    ['/figures', null],
  ])('is linked from %s', (path, about) => {
    expect(explainedAt(path)).toBe(about)
  })

  it('has a page', () => {
    expect(pages.map(({ path }) => path)).toContain('/figures')
  })

  it('is said of each figure in every language, by the words of the document', () => {
    const document = readFileSync('../docs/figures.md', 'utf-8')
    for (const term of order.flatMap((each) => [...sections[each]])) {
      expect(document, term).toContain(`**${en[term]}**`)
      for (const lang of ['de', 'es', 'ar']) {
        expect(strings(lang)[`${term}Text`]).not.toBe(en[`${term}Text`])
        expect(strings(lang)[`${term}Example`]).not.toBe(en[`${term}Example`])
      }
    }
  })
})
