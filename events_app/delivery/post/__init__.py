"""The only place that makes mail and speaks to mail servers: mime (bytes),
smtp (lines). The mail server signs (DKIM).
"""
