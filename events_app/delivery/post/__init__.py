"""The only place that makes mail and speaks to mail servers: mime (bytes), dkim and key (the
signature), smtp (lines).
"""
