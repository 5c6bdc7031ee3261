/** Where entries are kept: in IndexedDB, which outlives the page and the browser, or in memory, which does not. */

import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

import type { Entry } from './entry'

/** Keeps entries. Each call may reject with whatever the browser's storage throws. */
export interface Store {
  /** Entries that are there already are replaced. */
  put(entries: readonly Entry[]): Promise<void>
  delete(ids: readonly string[]): Promise<void>
  has(id: string): Promise<boolean>
  /** The first of one person, or of all, in order. */
  read(owner: string | null, most?: number): Promise<Entry[]>
  /** How many one person, or all, have waiting. */
  count(owner: string | null): Promise<number>
  close(): void
}

const WAITING = 'waiting'
const BY_OWNER = 'by-owner'
const BY_ORDER = 'by-order'

interface Schema extends DBSchema {
  waiting: {
    key: string
    value: Entry
    indexes: { 'by-owner': [owner: string, order: number]; 'by-order': number }
  }
}

/** Some browsers never answer when storage is switched off or broken. */
const OPEN_MS = 5_000

/**
 * Entries in IndexedDB.
 * @throws whatever the browser says where there is none, or none that answers in time.
 */
export async function openStore(name: string): Promise<Store> {
  const opening = openDB<Schema>(name, 1, {
    upgrade(database) {
      const waiting = database.createObjectStore(WAITING, { keyPath: 'id' })
      waiting.createIndex(BY_OWNER, ['owner', 'order'])
      waiting.createIndex(BY_ORDER, 'order')
    },
    blocking: (_from, _to, event) => {
      ;(event.target as IDBDatabase).close() // a newer release of the SDK, in another tab, waits for us
    },
  })
  return indexed(await inTime(opening, OPEN_MS))
}

function indexed(database: IDBPDatabase<Schema>): Store {
  return {
    async put(entries) {
      const { store, done } = database.transaction(WAITING, 'readwrite')
      await Promise.all([...entries.map((entry) => store.put(entry)), done])
    },
    async delete(ids) {
      const { store, done } = database.transaction(WAITING, 'readwrite')
      await Promise.all([...ids.map((id) => store.delete(id)), done])
    },
    has: async (id) => (await database.getKey(WAITING, id)) !== undefined,
    read: (owner, most) =>
      owner === null
        ? database.getAllFromIndex(WAITING, BY_ORDER, null, most)
        : database.getAllFromIndex(WAITING, BY_OWNER, of(owner), most),
    count: (owner) =>
      owner === null ? database.count(WAITING) : database.countFromIndex(WAITING, BY_OWNER, of(owner)),
    close: () => {
      database.close()
    },
  }
}

/** Entries in memory. */
export function memoryStore(): Store {
  const entries = new Map<string, Entry>()
  const of = (owner: string | null): Entry[] =>
    [...entries.values()].filter((entry) => owner === null || entry.owner === owner)
  return {
    put: (added) => {
      for (const entry of added) entries.set(entry.id, entry)
      return Promise.resolve()
    },
    delete: (ids) => {
      for (const id of ids) entries.delete(id)
      return Promise.resolve()
    },
    has: (id) => Promise.resolve(entries.has(id)),
    read: (owner, most) =>
      Promise.resolve(
        of(owner)
          .sort((one, other) => one.order - other.order)
          .slice(0, most),
      ),
    count: (owner) => Promise.resolve(of(owner).length),
    close: () => undefined,
  }
}

function of(owner: string): IDBKeyRange {
  return IDBKeyRange.bound([owner], [owner, []]) // an array sorts after every number
}

async function inTime<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  let timer
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('the storage of the browser does not answer'))
    }, ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
