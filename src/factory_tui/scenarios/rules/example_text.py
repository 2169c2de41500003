"""Parts of the example scenario that the examples of these rules change."""

HEAD = """\
id: example
covers: [R1]
kind: alternate
base: fail
given: A note of two words
when: Its words are counted
then: The number two is printed
files:
  note.txt: "Bring rope"
"""

STEPS = """\
steps:
  - run: count-words note.txt
    timeout: 10s
    expect: {exit: 0, stdout: "2"}
"""
