import { expect, test } from 'vitest'
import { parametersIn } from './path-pattern'

test('a path gives the parameters of its pattern, whole segments only', () => {
  expect(parametersIn('/', '/')).toEqual({})
  expect(parametersIn('/people/1', '/people/:userId')).toEqual({ userId: '1' })
  expect(parametersIn('/people/1/items/2', '/people/:userId/items/:contentId')).toEqual({
    userId: '1',
    contentId: '2',
  })
  expect(parametersIn('/people', '/people/:userId')).toBeNull()
  expect(parametersIn('/people/', '/people/:userId')).toBeNull()
  expect(parametersIn('/people/1/2', '/people/:userId')).toBeNull()
  expect(parametersIn('/organisations', '/organisation')).toBeNull()
})
