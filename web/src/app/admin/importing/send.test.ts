import { describe, expect, it } from 'vitest'
import { chunksOf } from './chunks'
import { readDirectory, type FileRow } from './file'
import { send, type DirectoryUpdate, type Put } from './send'

const row = (line: number, title = 'A'): FileRow => ({
  line,
  kind: 'content',
  sent: { contentId: String(line), title },
})
const taken = (rows: number): DirectoryUpdate => ({
  upserted: rows,
  unchanged: 0,
  removed: 0,
  rejected: [],
  dryRun: true,
})
const options = (dryRun: boolean) => ({
  dryRun,
  advance: () => undefined,
  signal: new AbortController().signal,
})

describe('chunks', () => {
  it('hold every row once, in order, and no more than may be', () => {
    const rows = Array.from({ length: 12_001 }, (_, line) => row(line))
    const chunks = chunksOf(rows)
    expect(chunks.map(({ length }) => length)).toEqual([5_000, 5_000, 2_001])
    expect(chunks.flat()).toEqual(rows)
  })

  it('are small enough for a body, in bytes and not in letters', () => {
    const rows = Array.from({ length: 40 }, (_, line) => row(line, 'ü'.repeat(100)))
    for (const chunk of chunksOf(rows, { rows: 5_000, bytes: 1_000 })) {
      const body = JSON.stringify({ items: chunk.map(({ sent }) => sent) })
      expect(new TextEncoder().encode(body).byteLength).toBeLessThan(1_000 + '{"items":[]}'.length)
    }
  })

  it('are none of nothing', () => {
    expect(chunksOf([])).toEqual([])
  })
})

describe('sending', () => {
  const file = readDirectory(
    [
      'kind,contentId,userId,teamId,title,type,displayName,name,role,target,targetId,remove',
      'member,,u1,t1,,,,,member,,,',
      'team,,,t1,,,,Red,,,,',
      'person,,u1,,,,Ada,,,,,',
      'person,,u2,,,,,,,,,true',
      'assignment,c1,,,,,,,,person,u2,',
      'assignment,c9,,,,,,,,everyone,,',
      'content,c1,,,A,video,,,,,,',
      'nothing,,,,,,,,,,,',
    ].join('\n'),
  )

  it('goes in the order in which rows refer to one another', async () => {
    const calls: string[] = []
    let advanced = 0
    const put: Put = (kind, rows) => {
      calls.push(`${kind} ${rows.length}`)
      return Promise.resolve(taken(rows.length))
    }
    await send(file, put, { ...options(false), advance: (rows) => (advanced += rows) })
    expect(calls).toEqual(['content 1', 'people 2', 'teams 1', 'members 1', 'assignments 2'])
    expect(advanced).toBe(7)
  })

  it('takes a dry run’s unknown for known where the file brings it, and for gone where it takes it away', async () => {
    const put: Put = (kind, rows) => {
      const unknown = (index: number, field: string) => ({
        index,
        field,
        code: 'unknown' as const,
        reason: 'is not there',
      })
      if (kind === 'members')
        return Promise.resolve({ ...taken(0), rejected: [unknown(0, 'userId'), unknown(0, 'teamId')] })
      if (kind === 'people') return Promise.resolve({ ...taken(1), removed: 1 })
      if (kind === 'assignments') return Promise.resolve({ ...taken(1), rejected: [unknown(1, 'contentId')] })
      return Promise.resolve(taken(rows.length))
    }
    const { counts, faults } = await send(file, put, options(true))
    expect(counts.members).toEqual({ rows: 1, stored: 1, unchanged: 0, removed: 0, rejected: 0 })
    expect(counts.people).toEqual({ rows: 2, stored: 1, unchanged: 0, removed: 1, rejected: 0 })
    expect(counts.assignments).toEqual({ rows: 2, stored: 0, unchanged: 0, removed: 0, rejected: 2 })
    expect(faults.map(({ line, column, reason }) => [line, column, reason.code])).toEqual([
      [6, 'targetId', 'gone'],
      [7, 'contentId', 'told'],
      [9, 'kind', 'kind'],
    ])
  })

  it('believes every rejection once it stores', async () => {
    const put: Put = (kind, rows) =>
      Promise.resolve(
        kind === 'members'
          ? {
              ...taken(0),
              rejected: [{ index: 0, field: 'userId', code: 'unknown', reason: 'is not there' }],
            }
          : taken(rows.length),
      )
    const { counts, faults } = await send(file, put, options(false))
    expect(counts.members.rejected).toBe(1)
    expect(faults[0]).toEqual({
      line: 2,
      column: 'userId',
      reason: { code: 'told', text: 'is not there' },
      kind: 'members',
    })
  })

  it('stops between two calls', async () => {
    const stop = new AbortController()
    const calls: string[] = []
    const put: Put = (kind, rows) => {
      calls.push(kind)
      stop.abort()
      return Promise.resolve(taken(rows.length))
    }
    await expect(send(file, put, { ...options(false), signal: stop.signal })).rejects.toThrow()
    expect(calls).toEqual(['content'])
  })
})
