"""Discord messages as a picture: what a member sees, our mistakes included. Knows Discord's JSON, not Seminar."""
