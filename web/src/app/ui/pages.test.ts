import { beforeEach, expect, test, vi } from 'vitest'
import { Pages, type Page } from './pages'

const host = {
  addController: vi.fn(),
  removeController: vi.fn(),
  requestUpdate: vi.fn(),
  updateComplete: Promise.resolve(true),
}
const book: Record<string, Page<number>> = {
  first: { items: [1, 2], nextCursor: 'second' },
  second: { items: [3], nextCursor: null },
}
const read = (cursor: string | null): Promise<Page<number>> =>
  Promise.resolve(book[cursor ?? 'first'] ?? { items: [], nextCursor: null })

beforeEach(() => {
  history.replaceState(null, '')
  vi.clearAllMocks()
})

test('pages follow one another until the last', async () => {
  const pages = new Pages(host, read)
  expect(pages.rows).toBeNull()
  await pages.reset()
  expect(pages).toMatchObject({ rows: [1, 2], more: true, loading: false })
  await pages.next()
  expect(pages).toMatchObject({ rows: [1, 2, 3], more: false })
  await pages.next()
  expect(pages.rows).toEqual([1, 2, 3])
})

test('an answer that comes after the list was reset is dropped', async () => {
  const waiting: ((page: Page<number>) => void)[] = []
  const pages = new Pages<number>(host, () => new Promise((resolve) => waiting.push(resolve)))
  const first = pages.reset()
  const second = pages.reset()
  waiting[1]?.({ items: [2], nextCursor: null })
  waiting[0]?.({ items: [1], nextCursor: 'more' })
  await Promise.all([first, second])
  expect(pages).toMatchObject({ rows: [2], more: false, loading: false })
})

test('rows stay while a later page fails, which can be asked for again', async () => {
  let failing = true
  const pages = new Pages(host, (cursor) => {
    if (cursor !== null && failing) return Promise.reject(new Error('away'))
    return read(cursor)
  })
  await pages.reset()
  await pages.next()
  expect(pages).toMatchObject({ rows: [1, 2], failure: new Error('away'), more: true })
  failing = false
  await pages.next()
  expect(pages).toMatchObject({ rows: [1, 2, 3], failure: null })
})

test('what is shown is reloaded silently, and joined by the caller', async () => {
  let turn = 0
  const pages = new Pages<string>(host, (cursor) => {
    const name = cursor ?? 'first'
    return Promise.resolve({ items: [`${name} ${turn}`], nextCursor: name === 'first' ? 'second' : 'third' })
  })
  await pages.reset()
  await pages.next()
  turn = 1
  const asked = pages.refresh((before, fresh) => [...before, ...fresh])
  expect(pages.loading).toBe(false)
  await asked
  expect(pages).toMatchObject({ rows: ['first 0', 'second 0', 'first 1', 'second 1'], more: true })
  pages.change(['other'])
  expect(pages.rows).toEqual(['other'])
})

test('a reload gives way to a reset of the list', async () => {
  const waiting: ((page: Page<number>) => void)[] = []
  const pages = new Pages<number>(host, () => new Promise((resolve) => waiting.push(resolve)))
  const first = pages.reset()
  waiting[0]?.({ items: [1], nextCursor: null })
  await first
  const refreshed = pages.refresh((_, fresh) => fresh)
  const second = pages.reset()
  waiting[1]?.({ items: [7], nextCursor: null })
  waiting[2]?.({ items: [2], nextCursor: null })
  await Promise.all([refreshed, second])
  expect(pages.rows).toEqual([2])
})

test('a list that one comes back to begins with as many rows as it was left with', async () => {
  const named = { ...host, localName: 'page-people' }
  const pages = new Pages(named, read)
  await pages.reset()
  await pages.next()
  const again = new Pages(named, read)
  await again.reset()
  expect(again).toMatchObject({ rows: [1, 2, 3], more: false })
  // another order, another search: from its beginning
  await again.reset()
  expect(again).toMatchObject({ rows: [1, 2], more: true })
  const other = new Pages({ ...host, localName: 'page-teams' }, read)
  await other.reset()
  expect(other.rows).toEqual([1, 2])
})
