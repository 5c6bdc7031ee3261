import { describe, expect, it } from 'vitest'
import type { ListedItem } from '../../api/types'
import { rowAfter, rowItems } from './continuing'

const begun = (contentId: string, positionSeconds = 10, offer = true) =>
  ({
    contentId,
    progressType: 'video',
    status: 'in_progress',
    progress: 20,
    durationSeconds: 100,
    resume: { offer, positionSeconds },
  }) as ListedItem

describe('Continue Watching, live', () => {
  it('moves an item on in its place', () => {
    const { items, stale } = rowAfter([begun('a'), begun('b')], begun('b', 42))
    expect(items.map((each) => [each.contentId, each.resume.positionSeconds])).toEqual([
      ['a', 10],
      ['b', 42],
    ])
    expect(stale).toBe(false)
  })

  it('lets go of what is completed or has nowhere to resume', () => {
    expect(rowAfter([begun('a')], { ...begun('a'), status: 'completed' }).items).toEqual([])
    expect(rowAfter([begun('a')], begun('a', 0, false)).items).toEqual([])
  })

  it('keeps a document, which has no position', () => {
    const document = { ...begun('d', 0, false), progressType: 'document' } as ListedItem
    expect(rowAfter([document], { ...document, progress: 60 }).items).toEqual([{ ...document, progress: 60 }])
  })

  it('reloads what may join, since it may have been dismissed, and nothing else', () => {
    expect(rowAfter([begun('a')], begun('b'))).toEqual({ items: [begun('a')], stale: true })
    expect(rowAfter([begun('a')], { ...begun('b'), status: 'completed' }).stale).toBe(false)
  })

  it('leads to the part that a course goes on with', () => {
    const course = { ...begun('c'), resume: { offer: true, positionSeconds: 10, contentId: 'part' } }
    expect(rowItems([course as ListedItem], new Map(), '')[0]?.href).toBe('/watch/part?resume')
  })

  it('names an item that the catalogue lacks', () => {
    expect(rowItems([begun('a')], new Map(), 'Untitled')).toEqual([
      {
        contentId: 'a',
        title: 'Untitled',
        thumbnailUrl: null,
        positionSeconds: 10,
        durationSeconds: 100,
        percentage: 20,
        href: '/watch/a?resume',
      },
    ])
  })
})
