import { expect, test } from 'vitest'
import { destinations, isAt } from './navigation'

const paths = (roles: string[]) => destinations({ roles }).map(({ path }) => path)

test('everybody may see their own; managers people; administrators everything', () => {
  expect(paths([])).toEqual(['/', '/dashboard', '/history'])
  expect(paths(['manager'])).toEqual(['/', '/dashboard', '/history', '/teams', '/people'])
  expect(paths(['admin'])).toEqual(['/', '/dashboard', '/history', '/teams', '/people', '/organisation'])
})

test('a page belongs to the destination above it', () => {
  const at = (path: string) =>
    destinations({ roles: ['admin'] })
      .filter((each) => isAt(path, each))
      .map(({ label }) => label)
  expect(at('/')).toEqual(['library'])
  expect(at('/watch/1')).toEqual(['library'])
  expect(at('/people/1/items/2')).toEqual(['people'])
  expect(at('/organisation/items')).toEqual(['organisation'])
  expect(at('/organisations')).toEqual([])
})
