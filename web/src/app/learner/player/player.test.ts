import { describe, expect, it } from 'vitest'
import type { ListedItem } from '../../../api/types'
import { byContent } from '../loading'
import type { Assignment, CatalogueRow } from '../records'
import { shownDuration } from './duration'
import { nextAfter } from './next'
import { positionElsewhere } from './other-device'
import { pagesRead } from './pages-read'
import { savingWord } from './saving'
import { shapeOf } from './shape'

describe('the shape of an item', () => {
  const page = 'https://learn.example.org/watch/1'
  it.each([
    ['video', '/media/a.webm', 'video'],
    ['video', '/media/A.MP3', 'audio'],
    ['course', '/media/part.mp4', 'video'],
    ['course', '/media/course/index.html', 'document'],
    ['document', '/media/handbook.html', 'document'],
    ['document', '/media/handbook', 'document'],
    ['document', '/media/handbook.pdf', 'link'],
    ['document', 'https://files.example.com/handbook.html', 'link'],
    ['video', 'https://cdn.example.com/a.mp4?token=x.html', 'video'],
    ['video', null, 'elsewhere'],
  ])('%s at %s is %s', (type, mediaUrl, shape) => {
    expect(shapeOf({ type, mediaUrl }, page)).toBe(shape)
  })
})

describe('the line about saving', () => {
  const state = (saving: 'saved' | 'saving' | 'waiting' | 'failing', online = true) => ({ saving, online })
  it('says nothing was saved before anything was', () => {
    expect(savingWord(state('saved'), false, true)).toBe('none')
    expect(savingWord(state('saved'), true, true)).toBe('saved')
  })
  it('distinguishes being offline from a failure', () => {
    expect(savingWord(state('waiting', false), true, true)).toBe('kept')
    expect(savingWord(state('failing', false), true, false)).toBe('kept')
    expect(savingWord(state('failing', false), true, true)).toBe('failing')
    expect(savingWord(state('saving'), true, true)).toBe('saving')
    expect(savingWord(state('waiting'), true, true)).toBe('saving')
  })
})

describe('another device', () => {
  const own = { positionSeconds: 100, activeAt: Date.parse('2026-11-22T12:00:00Z') }
  const seen = (lastViewed: string | null, positionSeconds: number, offer = true) => ({
    lastViewed,
    resume: { offer, positionSeconds, page: null },
  })
  it('is offered where it went on after this one stopped', () => {
    expect(positionElsewhere(seen('2026-11-22T12:01:00Z', 300), own)).toBe(300)
    expect(positionElsewhere(seen('2026-11-22T12:01:00Z', 20), own)).toBe(20)
  })
  it('is not where that was this tab itself, or leads nowhere else', () => {
    expect(positionElsewhere(seen('2026-11-22T12:00:01Z', 300), own)).toBeNull()
    expect(positionElsewhere(seen('2026-11-22T12:01:00Z', 104), own)).toBeNull()
    expect(positionElsewhere(seen('2026-11-22T12:01:00Z', 300, false), own)).toBeNull()
    expect(positionElsewhere(seen(null, 300), own)).toBeNull()
  })
})

describe('what is next', () => {
  const catalogue = ['a', 'b', 'c'].map((contentId) => ({ contentId }) as CatalogueRow)
  const required = (contentId: string) => ({ contentId }) as Assignment
  const completed = (contentId: string) => ({ contentId, status: 'completed' }) as ListedItem
  const offered = { assignments: [], continuing: [], catalogue, progress: new Map<string, ListedItem>() }

  it('is what is required, then what was begun, then what follows by title', () => {
    const continuing = [{ contentId: 'a' } as ListedItem]
    expect(nextAfter('b', { ...offered, assignments: [required('c')], continuing })).toBe('c')
    expect(nextAfter('b', { ...offered, continuing })).toBe('a')
    expect(nextAfter('b', offered)).toBe('c')
    expect(nextAfter('c', offered)).toBe('a')
    expect(nextAfter('unknown', offered)).toBe('a')
  })

  it('is never the item itself, nor what is completed', () => {
    const progress = byContent([completed('a'), completed('c')])
    expect(nextAfter('a', { ...offered, assignments: [required('a'), required('c')], progress })).toBe('b')
    expect(nextAfter('b', { ...offered, progress })).toBeNull()
  })
})

it('counts the pages of the edition that is shown, and none beyond its end', () => {
  const overall = { percentage: 50, pagesViewed: [1, 2, 12], completed: false }
  const { read, count } = pagesRead({ pagesViewed: [1, 2, 12], pageCount: 12 }, { overall, pageCount: 4 })
  expect([...read]).toEqual([1, 2])
  expect(count).toBe(4)
  expect(pagesRead({ pagesViewed: [1, 12], pageCount: 4 }, null)).toEqual({ read: new Set([1]), count: 4 })
  expect(pagesRead({}, null)).toEqual({ read: new Set(), count: 0 })
})

it('shows the duration of the service where the file agrees with it, else that of the file', () => {
  expect(shownDuration(60.02, 60)).toBe(60)
  expect(shownDuration(60, 554)).toBe(60)
  expect(shownDuration(null, 60)).toBe(60)
  expect(shownDuration(60, null)).toBe(60)
  expect(shownDuration(null, null)).toBe(0)
})
