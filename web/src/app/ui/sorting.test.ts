import { expect, test } from 'vitest'
import { sortedBy } from './sorting'

test('a click on a header takes its own way first, and then turns it round', () => {
  expect(sortedBy('name', 'progress', 'descending')).toBe('-progress')
  expect(sortedBy('-progress', 'progress', 'descending')).toBe('progress')
  expect(sortedBy('progress', 'progress', 'descending')).toBe('-progress')
  expect(sortedBy('progress', 'name')).toBe('name')
})
