import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { allFields, kinds, names } from './columns'
import { readDirectory, textOf } from './file'
import { UnreadableFile, type Trouble } from './trouble'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function troubleOf(run: () => unknown): Trouble {
  try {
    run()
  } catch (reason) {
    if (reason instanceof UnreadableFile) return reason.trouble
    throw reason
  }
  throw new Error('it was read')
}

describe('the columns', () => {
  interface Schema {
    readonly properties: Readonly<Record<string, unknown>>
    readonly required: readonly string[]
  }
  const { components } = JSON.parse(readFileSync('openapi.json', 'utf8')) as {
    components: { schemas: Readonly<Record<string, Schema>> }
  }
  const schemas = {
    content: 'Content',
    people: 'Person',
    teams: 'Team',
    members: 'Member',
    assignments: 'Assignment',
  }

  it.each(names)('are those of the API: %s', (name) => {
    const { properties, required } = components.schemas[`${schemas[name]}Row`] ?? {
      properties: {},
      required: [],
    }
    // a list, which no cell holds: memberships are rows of their own
    const fields = Object.keys(properties).filter((field) => field !== 'members')
    expect([...kinds[name].fields].sort()).toEqual(fields.sort())
    expect([...kinds[name].required].sort()).toEqual([...required].sort())
    const removal = components.schemas[`${schemas[name]}Removal`]
    expect([...kinds[name].requiredToRemove].sort()).toEqual([...(removal?.required ?? [])].sort())
  })
})

describe('a directory file', () => {
  it('is read as the command reads it: the example of the documentation', () => {
    const { rows, faults } = readDirectory(textOf(readFileSync('../docs/examples/directory.csv')))
    expect(faults).toEqual([])
    expect(names.map((name) => rows[name].length)).toEqual([2, 2, 1, 2, 2])
    expect(rows.content[0]).toEqual({
      line: 2,
      kind: 'content',
      sent: {
        contentId: '5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11',
        title: 'Fire safety at work',
        type: 'video',
        durationSeconds: 600,
        completionThreshold: 0.95,
        evidence: 'watched',
      },
    })
    expect(rows.content[1]?.sent['title']).toBe('Handbook, second edition')
  })

  it('may have its columns in any order and spelling, semicolons, decimal commas and a byte order mark', () => {
    const text = textOf(
      bytes('\uFEFFTitle;Content ID;KIND;duration_seconds;type\r\nÜbung;a;Content;1,5;video\r\n'),
    )
    expect(readDirectory(text).rows.content[0]?.sent).toEqual({
      title: 'Übung',
      contentId: 'a',
      durationSeconds: 1.5,
      type: 'video',
    })
  })

  it('counts lines as an editor does: over line ends in cells, empty lines, and each kind of line end', () => {
    const text = 'kind,teamId,name\nteam,1,"two\nlines"\r\n\r\nteam,2,B\rteam,3,"say ""hi"""\nnobody,4,C'
    const { rows, faults } = readDirectory(text)
    expect(rows.teams.map(({ line }) => line)).toEqual([2, 5, 6])
    expect(rows.teams.map(({ sent }) => sent['name'])).toEqual(['two\nlines', 'B', 'say "hi"'])
    expect(faults).toEqual([{ line: 7, column: 'kind', reason: { code: 'kind' }, kind: null }])
  })

  it('of one kind needs no column for it, once that is told', () => {
    const text = 'userId,displayName\n1,Ada\n'
    expect(troubleOf(() => readDirectory(text))).toEqual({ code: 'noKind' })
    expect(readDirectory(text, 'people').rows.people).toHaveLength(1)
  })

  it('tells what is wrong with each row', () => {
    const text = [
      'kind,contentId,title,type,durationSeconds,archived,email',
      'content,1,A,video,soon,,',
      'content,2,B,video,,perhaps,',
      'content,3,C,video,,,c@example.org',
      'content,4,D,video,,,,,',
      'content,5,E,video,,,',
      'content,0-0-5,F,video,,,',
      'content,5,G,video,,,',
    ].join('\n')
    const { rows, faults } = readDirectory(text)
    expect(rows.content.map(({ line }) => line)).toEqual([6, 7])
    expect(faults.map(({ line, column, reason }) => [line, column, reason])).toEqual([
      [2, 'durationSeconds', { code: 'number' }],
      [3, 'archived', { code: 'truth' }],
      [4, 'email', { code: 'column', kind: 'content' }],
      [5, null, { code: 'cells', cells: 9, columns: 7 }],
      [8, 'contentId', { code: 'twice', line: 6 }],
    ])
  })

  it.each(['0x10', '1e999', 'NaN', 'Infinity', '1_000', '--1', '.'])('takes no %s for a number', (cell) => {
    const { faults } = readDirectory(`kind,contentId,title,type,durationSeconds\ncontent,1,A,video,${cell}`)
    expect(faults[0]?.reason).toEqual({ code: 'number' })
  })

  it('may lack a column that only rows need which do not remove', () => {
    expect(readDirectory('kind,teamId,remove\nteam,1,yes').rows.teams[0]?.sent['remove']).toBe(true)
    expect(troubleOf(() => readDirectory('kind,teamId,remove\nteam,1,no'))).toEqual({
      code: 'lacking',
      line: 2,
      columns: ['name'],
    })
  })

  it.each([
    ['', { code: 'empty' }],
    ['\n\n', { code: 'empty' }],
    ['kind,colour\n', { code: 'unknown', columns: ['colour'] }],
    ['kind,userId,User ID\n', { code: 'repeated', columns: ['userId'] }],
    ['kind,teamId,name\nteam,1,"A\nteam,2,B\n', { code: 'quotes', line: 2 }],
    ['kind,teamId,name\nteam,1,A\nteam,2,"B"C\n', { code: 'quotes', line: 3 }],
  ] satisfies [string, Trouble][])('cannot be read at all: %j', (text, trouble) => {
    expect(troubleOf(() => readDirectory(text))).toEqual(trouble)
  })

  it('has to be UTF-8, and says where it is not', () => {
    const latin1 = Uint8Array.from('kind,name\nteam,A\nteam,Ü\n', (each) => each.charCodeAt(0))
    expect(troubleOf(() => textOf(latin1))).toEqual({ code: 'utf8', line: 3 })
  })

  it('knows every field by one name', () => {
    expect(new Set(allFields).size).toBe(allFields.length)
  })
})
