import { describe, expect, it } from 'vitest'
import { define } from './define'

describe('define', () => {
  it('keeps the first of two elements of a name, as when a page carries this package twice', () => {
    class First extends HTMLElement {}
    define('test-twice', First)
    define('test-twice', class extends HTMLElement {})
    expect(customElements.get('test-twice')).toBe(First)
  })
})
