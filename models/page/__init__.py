"""A training run as one HTML file: `python -m models.digit report`.

    recording       a run looked at while it trains: the network at several epochs, what it misreads, where it walked
    noise           what the network says to images that show nothing
    scenery         the landscape with the walk on it, and single steps from start to finish
    packing         arrays as text that JavaScript reads back to the bit
    assembling      template, style, scripts and data become one file
    command         the command itself

Beside them the page: `page.html`, `style.css`, and the scripts, which the template names in their order. They are
plain JavaScript without a build step, and compute nothing that the engine has not computed but the forward pass,
which agrees with it.
"""
