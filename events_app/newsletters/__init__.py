"""Newsletters: issues, their audience, approval and sending; and subscriptions.

Nouns: Issue (made of blocks), Subscription and SubscriptionRequest, IssueReader (the frozen
audience), Picture (one that letters and web versions may show).
Promises: only the click on a mailed link makes a subscription, and one click ends it. An approval
is bound to a hash of content, audience and sender; what is sent is what was approved. From the
moment of sending nobody is added to the audience, and each reader gets one letter, however often a
job runs. What is shown as a preview is made by the function that sends.
`blocks/` has a folder for each kind of block, and its list.
Begin with `models`, then `actions/sending`, `actions/subscribing` and one block. Import the modules
of `actions` by name (`sending.approve`).
"""
