"""What `./run` calls."""

from events_app.core import loading  # first

# isort: split

from events_app.start import main

if __name__ == "__main__":
    loading.done()
    main()
