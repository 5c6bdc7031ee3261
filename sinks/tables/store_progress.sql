-- Stores the incoming states, and adds what they change to every counter of people, items and days.
--
-- Returns how many entries were stored, the places of those whose every session has to be written, since the row
-- is new, of those whose completions or acts changed, and of those whose last activity is earlier than it was: their
-- people's is found by `find_last_viewed.sql`. A row is fenced by its source partition and offset: a state of a lower
-- partition, or of the same one with a smaller offset, changes nothing. People only move to higher partitions (ADR 0040).
--
-- MERGE rather than INSERT ... ON CONFLICT, because the fence of the positions lets no other transaction write
-- these people's rows: MERGE does not lock each row before it updates it, which saves a fifth of the time. IS TRUE
-- keeps the planner to the unique index, which leads by person: on a table without statistics it would take the
-- one by tenant and content, and read every person's row of an item for each entry.
--
-- A course derived from its parts adds no time to a person's: the parts do. A person's watch time follows from their
-- quarters of an hour (`store_sessions.sql`).
--
-- The counters of items and days are few once the batch is summed, and two batches may create the same one, so
-- they are inserted on conflict, in the order of their keys. A batch that changes none of them touches none.
--
-- The parts in braces are in `parts_of_progress.sql`: a server before 18 has the same in another order.
WITH stored AS (
    {merge}
    RETURNING WITH (OLD AS o, NEW AS n)
    {stored}
),
people AS (
    MERGE INTO progress.user_summary AS s
    USING (
        {people}
    ) AS d
    ON s.user_id = d.user_id AND s.tenant_id = d.tenant_id
    WHEN MATCHED THEN UPDATE SET
        {added}
    WHEN NOT MATCHED THEN INSERT ({columns}) VALUES ({values})
    RETURNING s.tenant_id, s.user_id, merge_action() = 'INSERT' AS is_new
),
{counters}
