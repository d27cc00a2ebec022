"""A Polis export of three voters and three statements, written down by hand."""

import gzip

FILES = {
    "summary.csv": 'topic,"Tea, or coffee"\nurl,https://pol.is/x\nviews,9\nvoters,3\n'
    'conversation-description,"Two\nlines"\n',
    "comments.csv": "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,"
    "comment-body\n"
    '1500,Mon,0,7,2,1,1,"Tea, always"\n'
    '1501,Mon,2,7,1,0,-1,"Spam\nof two lines"\n'
    "1502,Mon,5,8,0,1,0,Milk first\n",
    "participants-votes.csv": "participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,2,5\n"
    "3,0,0,2,1,0,1,,0\n"
    "4,,1,3,2,1,1,1,-1\n"
    "9,1,0,1,0,1,-1,,\n",
    "votes.csv": "timestamp,datetime,comment-id,voter-id,vote\n"
    "1500,Mon,0,3,-1\n1501,Mon,0,3,1\n1502,Mon,2,4,1\n1503,Mon,0,9,-1\n",
}


def write_export(folder, *, packed=False, **changes):
    """Writes the export; `comments=("old", "new")` changes one place of comments.csv."""
    folder.mkdir(exist_ok=True)
    for name, text in FILES.items():
        old, new = changes.get(name.removesuffix(".csv").replace("-", "_"), ("", ""))
        assert old in text
        data = text.replace(old, new, 1).encode() if old else text.encode()
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(data))
        else:
            (folder / name).write_bytes(data)
    return folder
