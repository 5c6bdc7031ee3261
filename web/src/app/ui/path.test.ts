import { describe, expect, it } from 'vitest'
import { pathWith } from './path'

describe('a path with parameters', () => {
  it('says what there is to say, and false is something', () => {
    expect(pathWith('/api/x', { q: 'a b', type: '', archived: false, cursor: undefined })).toBe(
      '/api/x?q=a+b&archived=false',
    )
  })

  it('says the usual too, since the API may have another', () => {
    expect(pathWith('/api/x', { q: '', sort: 'name', inactiveDays: '14', format: 'csv' })).toBe(
      '/api/x?sort=name&inactiveDays=14&format=csv',
    )
  })

  it('stays bare without any', () => {
    expect(pathWith('/api/x', { q: '' })).toBe('/api/x')
  })
})
