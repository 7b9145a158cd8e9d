"""What MedAgentGym's own validators would have said of an episode: for comparison, never for a score.

Written anew from a description of those validators (docs/reference-grading.md says what is known and
what is a reconstruction). Pure: from a trajectory and a grading spec to a verdict.
"""
