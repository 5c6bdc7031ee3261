"""Redis: how every client connects, what a refusal means, and the rights that each service needs.

`connection` opens all clients, those of `sentinels` included; `refusals` says which setting is wrong, and
`rights` what each service needs.
"""
