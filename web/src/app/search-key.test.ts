import { expect, test } from 'vitest'
import { searchKey } from './search-key'

test.each([
  ['Émile', 'emile'],
  ['E\u0301mile', 'emile'],
  ['Łukasz Bøe', 'lukasz boe'],
  ['WEIẞ', 'weiss'],
  ['İşık', 'isik'],
  ['Τάσος', 'τασοσ'],
  ['कुल', 'कुल'],
])('the key of %s is %s', (name, key) => {
  expect(searchKey(name)).toBe(key)
})
