"""Dead letters for operators: list them, show one, send them back to the topic that they came from.

Begin with `dead_letter` (pure: one record of the dead-letter topic, filters, and the reasons not to send it);
`topic` reads them from Kafka, `redrive` sends them, `view` prints them.
"""
