"""Foreign specs, in the forms that their tools give them."""

SPEC_KIT = """\
# Feature Specification: Export the stock list

**Feature Branch**: `007-export-stock`
**Created**: 2026-03-01
**Status**: Draft
**Input**: User description: "export the stock as a table"

## User Scenarios & Testing *(mandatory)*

<!--
  ACTION REQUIRED: fill in. allow C02: never a waiver
-->

### User Story 1 - Take the stock to the fair (Priority: P1)

A seller without a connection wants the stock on paper.

**Why this priority**: the fair is in March.

**Independent Test**: Export a list of three articles and open it.

**Acceptance Scenarios**:

1. **Given** three articles, **When** the seller exports, **Then** the file has four lines.
2. **Given** no articles, **When** the seller exports, **Then** the file has the head line only.

---

### Edge Cases

- What happens when an article has a comma in its name?

## Requirements *(mandatory)*

### Functional Requirements

- **FR-001**: System MUST write one line for each article.
- **FR-002**: System MUST refuse a file that exists [NEEDS CLARIFICATION: or overwrite it?].

### Key Entities

- **Article**: number, name, price.

## Success Criteria *(mandatory)*

### Measurable Outcomes

- **SC-001**: A list of 1,000 articles is exported within 2 seconds.

## Assumptions

- The list fits into memory.
"""

PROPOSAL = """\
# Change: Add a second factor

## Why
Passwords leak.

## What Changes
- Ask for a code after the password.

## Impact
- Affected specs: auth
"""

DELTA = """\
# Delta for auth

## ADDED Requirements

### Requirement: One-time code
The system SHALL ask for a code of 6 digits after the password.
It is valid for 30 seconds.

#### Scenario: Right code
- **GIVEN** a user with a second factor
- **WHEN** the code is right
- **THEN** the user is let in
- **AND** the code is void

#### Scenario: Wrong code
- **WHEN** the code is wrong
- **THEN** the user is refused

### Requirement: Lock
The system SHALL lock an account after 5 wrong codes.

#### Scenario: Fifth wrong code
- **WHEN** the fifth code in a row is wrong
- **THEN** the account is locked

## REMOVED Requirements

### Requirement: Security question
Nobody remembers the answer.
"""

TICKET = """\
The rounding of invoices is wrong

Description
-----------
As a bookkeeper I want net, tax and gross to add up.

## Steps to reproduce
1. Enter three lines of 0.33
2. Print the invoice

## Expected behaviour
- [ ] The gross is the sum of the rounded lines
- [x] R7 The tax is rounded half up

```sh
# this is no heading
## RULES
---
invoice print <!-- kept -->
```

## Environment
Debian 12, Python 3.11

## Non-goals
Foreign currencies.
"""
